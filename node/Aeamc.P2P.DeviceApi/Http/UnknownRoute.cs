namespace Aeamc.P2P.DeviceApi.Http;

/// <summary>Endpoint metadata: the path is none of the API's, and the endpoint only says so. A host counts such requests apart from calls.</summary>
public sealed class UnknownRoute
{
    public static UnknownRoute Instance { get; } = new();
}
