namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary><c>ControlExtensions</c> (gossipsub v1.3, extensions.proto): a flag for each extension that a peer has.</summary>
internal static class ExtensionAnnouncement
{
    /// <summary>All flags set.</summary>
    public static byte[] Encode(IReadOnlyList<IPubsubExtension> extensions)
    {
        int size = extensions.Sum(static extension => ProtobufWriter.VarintSize((ulong)extension.Field << 3) + 1);
        var bytes = new byte[size];
        var writer = new ProtobufWriter(bytes);
        foreach (IPubsubExtension extension in extensions.OrderBy(static extension => extension.Field))
        {
            writer.WriteVarint(extension.Field, 1);
        }

        return bytes;
    }

    /// <summary>The numbers of those of our extensions that are announced; unknown ones are ignored, and what follows a malformed field.</summary>
    public static List<int> Decode(ReadOnlySpan<byte> bytes, IReadOnlyList<IPubsubExtension> known)
    {
        var fields = new List<int>();
        var reader = new ProtobufReader(bytes);
        while (reader.TryReadTag(out int field, out WireType wireType))
        {
            if (!known.Any(extension => extension.Field == field))
            {
                reader.TrySkip(wireType);
            }
            else if (reader.TryReadVarint(wireType, out ulong flag) && flag != 0 && !fields.Contains(field))
            {
                fields.Add(field);
            }
        }

        return fields;
    }
}
