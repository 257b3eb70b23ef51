using System.Buffers.Binary;
using System.Text;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>One protocol of a multiaddress.</summary>
/// <param name="Code">Its number in the multicodec table.</param>
/// <param name="Value">Its value.</param>
/// <param name="Prefixed">Whether the value's length stands before it.</param>
/// <param name="Lie">How much the length that is written differs from the true one.</param>
internal sealed record MultiaddrComponent(ulong Code, byte[] Value, bool Prefixed, long Lie = 0);

/// <summary>Binary multiaddresses as lists of protocols, each a code and a value whose length holds unless it is what was changed.</summary>
internal sealed class MultiaddrGrammar : Grammar<List<MultiaddrComponent>>
{
    private const string HostCharacters = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-._";

    // Beside those that are understood: udp, dccp, ip6zone, ipcidr, dnsaddr, sctp, unix, http, tls, noise, quic, quic-v1, sni, ws, wss, p2p-circuit.
    private static readonly ulong[] Codes =
    [
        Multicodec.Ip4, Multicodec.Ip6, Multicodec.Dns, Multicodec.Dns4, Multicodec.Dns6, Multicodec.Tcp, Multicodec.P2p,
        0x0111, 0x21, 0x2A, 0x2B, 0x38, 0x84, 0x0190, 0x01E0, 0x01C0, 0x01C6, 0x01CC, 0x01CD, 0x01C1, 0x01DD, 0x01DE, 0x0122, 0, long.MaxValue,
    ];

    private static readonly int[] Lengths = [0, 1, 2, 3, 4, 5, 15, 16, 17, 37, 38, 39, 127, 128, 252, 253, 254, 255, 512];

    /// <summary>A TCP address with any host, with or without a peer.</summary>
    public static Multiaddress Address(Random random) =>
        Multiaddress.TryRead(Bytes(Parts(random)), out Multiaddress? address) ? address : throw new FuzzException("a sound multiaddress is read");

    /// <summary>The value of a multiaddr field that is wrong in a place or two.</summary>
    public static byte[] Broken(Random random) => new MultiaddrGrammar().Changed(random, random.Next(1, 3));

    protected override List<MultiaddrComponent> Make(Random random) => Parts(random);

    protected override void Change(List<MultiaddrComponent> model, Random random)
    {
        if (model.Count == 0)
        {
            model.AddRange(Parts(random));
        }

        int at = random.Next(model.Count);
        MultiaddrComponent part = model[at];
        switch (random.Next(9))
        {
            case 0:
                model.RemoveAt(at);
                break;
            case 1:
                model.InsertRange(at, Enumerable.Repeat(part, 1 << random.Next(8)));
                break;
            case 2:
                int other = random.Next(model.Count);
                (model[at], model[other]) = (model[other], part);
                break;
            case 3:
                model[at] = part with { Code = Draw.Of(random, Codes) };
                break;
            case 4:
                model[at] = part with { Value = Mutator.ChangeLeaf(part.Value, random) };
                break;
            case 5:
                model[at] = part with { Value = Host(random, Draw.Of(random, Lengths)) };
                break;
            case 6:
                model.Insert(at, new MultiaddrComponent(Draw.Of(random, Codes), Draw.Bytes(random, Draw.Of(random, Lengths)), random.Next(2) == 0));
                break;
            case 7:
                model[at] = part with { Lie = random.Next(3) switch { 0 => 1, 1 => -1, _ => Draw.UInt32(random) } };
                break;
            default:
                model[at] = part with { Prefixed = !part.Prefixed };
                break;
        }
    }

    protected override byte[] Write(List<MultiaddrComponent> model) => Bytes(model);

    protected override void Check(List<MultiaddrComponent> model, byte[] bytes)
    {
        FuzzTarget.Require(Multiaddress.TryRead(bytes, out Multiaddress? address), "a sound multiaddress is read");
        FuzzTarget.Require(address!.HostCode == model[0].Code, "its host is of the kind that was written");
        FuzzTarget.Require(address.IsIp || address.Host == Encoding.ASCII.GetString(model[0].Value), "its host is the one that was written");
        FuzzTarget.Require(address.ToIpEndPoint()?.Address.GetAddressBytes().AsSpan().SequenceEqual(model[0].Value) ?? true, "its IP address is the one that was written");
        FuzzTarget.Require(address.Port == BinaryPrimitives.ReadUInt16BigEndian(model[1].Value), "its port is the one that was written");
        FuzzTarget.Require(model.Count == 2 ? address.Peer is null : address.Peer!.Value.ToArray().AsSpan().SequenceEqual(model[2].Value), "its peer is the one that was written");
    }

    private static List<MultiaddrComponent> Parts(Random random)
    {
        MultiaddrComponent host = random.Next(5) switch
        {
            0 => new MultiaddrComponent(Multicodec.Ip4, Draw.Bytes(random, 4), false),
            1 => new MultiaddrComponent(Multicodec.Ip6, Draw.Bytes(random, 16), false),
            // An IPv4 address in an IPv6 one, and the shortest texts.
            2 => new MultiaddrComponent(Multicodec.Ip6, [.. new byte[10], .. random.Next(2) == 0 ? (byte[])[0xFF, 0xFF] : [0, 0], .. Draw.Bytes(random, 4)], false),
            _ => new MultiaddrComponent(Draw.Of(random, (ulong[])[Multicodec.Dns, Multicodec.Dns4, Multicodec.Dns6]), Host(random, random.Next(1, 254)), true),
        };
        List<MultiaddrComponent> parts = [host, new(Multicodec.Tcp, Draw.Bytes(random, 2), false)];
        if (random.Next(2) == 0)
        {
            parts.Add(new MultiaddrComponent(Multicodec.P2p, PeerId.FromPublicKey(Draw.Bytes(random, 32)).ToArray(), true));
        }

        return parts;
    }

    private static byte[] Host(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => (byte)HostCharacters[random.Next(HostCharacters.Length)])];

    private static byte[] Bytes(List<MultiaddrComponent> parts)
    {
        var bytes = new List<byte>();
        foreach (MultiaddrComponent part in parts)
        {
            Append(bytes, part.Code);
            if (part.Prefixed)
            {
                Append(bytes, (ulong)Math.Max(0, part.Value.Length + part.Lie));
            }

            bytes.AddRange(part.Value);
        }

        return [.. bytes];
    }

    private static void Append(List<byte> all, ulong value)
    {
        Span<byte> bytes = stackalloc byte[UVarint.MaxLength];
        all.AddRange(bytes[..UVarint.Write(bytes, value)]);
    }
}
