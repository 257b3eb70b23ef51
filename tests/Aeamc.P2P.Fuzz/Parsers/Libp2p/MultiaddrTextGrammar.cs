using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>Multiaddresses in text as what stands between the slashes.</summary>
internal sealed class MultiaddrTextGrammar : Grammar<List<string>>
{
    private static readonly string[] Words =
    [
        "", "ip4", "ip6", "dns", "dns4", "dns6", "dnsaddr", "tcp", "udp", "p2p", "ipfs", "quic-v1", "ws", "1.2.3.4", "01.2.3.4", "1.2.3", "0x1.2.3.4", "16909060", "::", "::1",
        "::ffff:1.2.3.4", "1::2::3", "fe80::1%eth0", "fe80::1%25", "[::1]", "0", "00", "1", "65535", "65536", "+1", "-1", " 1", "1e3", "\u0661", "a..b", ".", "xn--4ca", "é", "%2F",
        new string('a', 253), new string('a', 254), new string('1', 300),
    ];

    protected override List<string> Make(Random random) => [.. MultiaddrGrammar.Address(random).ToString().Split('/')];

    protected override void Change(List<string> model, Random random)
    {
        int at = random.Next(model.Count);
        switch (random.Next(6))
        {
            case 0 when model.Count > 1:
                model.RemoveAt(at);
                break;
            case 1:
                model.InsertRange(at, Enumerable.Repeat(model[at], 1 << random.Next(8)));
                break;
            case 2:
                int other = random.Next(model.Count);
                (model[at], model[other]) = (model[other], model[at]);
                break;
            case 3:
                model.Insert(at, Draw.Of(random, Words));
                break;
            case 4:
                model[at] = Draw.Of(random, Words);
                break;
            default:
                model[at] = System.Text.Encoding.UTF8.GetString(Mutator.ChangeLeaf(System.Text.Encoding.UTF8.GetBytes(model[at]), random));
                break;
        }
    }

    protected override byte[] Write(List<string> model) => System.Text.Encoding.UTF8.GetBytes(string.Join('/', model));

    protected override void Check(List<string> model, byte[] bytes) => FuzzTarget.Require(
        Multiaddress.TryParse(string.Join('/', model), out Multiaddress? address) && address.ToString() == string.Join('/', model), "a canonical text comes back as it was");
}
