using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Aeamc.P2P.DeviceApi.Http;

/// <summary>Reads JSON bodies of strangers.</summary>
internal static class JsonBody
{
    /// <summary>False on anything but an object of this shape. Names that are not known are ignored.</summary>
    public static bool TryRead<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? value)
        where T : class
    {
        try
        {
            value = JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            // The reader knows no other way to say that the text is not JSON, or not of this shape.
            value = null;
        }

        return value is not null;
    }
}
