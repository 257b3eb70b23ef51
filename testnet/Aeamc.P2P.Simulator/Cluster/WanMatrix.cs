namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>
/// Mean round-trip times between the regions of a public cloud, measured by its operator from 17 August to 15 September 2024. Source: IBM Cloud
/// documentation, "Network latency", table "Inter-region latency" of 15 Sep 2024 (github.com/ibm-cloud-docs/vpc,
/// _include-segments/network-latency.md). Two members of one region are in two of its zones: 2 ms, the same page's inter-zone figure.
/// </summary>
public static class WanMatrix
{
    private static readonly short[][] RoundTrips =
    [
        [2, 34, 31, 123, 113, 117, 150, 185, 143, 145],
        [34, 2, 19, 92, 82, 109, 169, 215, 161, 130],
        [32, 20, 2, 91, 76, 88, 173, 214, 166, 118],
        [123, 93, 91, 2, 13, 29, 232, 250, 228, 197],
        [113, 83, 75, 13, 2, 27, 244, 261, 242, 187],
        [121, 109, 90, 29, 27, 2, 259, 275, 256, 207],
        [151, 168, 175, 232, 244, 258, 2, 122, 9, 292],
        [186, 214, 216, 250, 261, 275, 122, 2, 115, 327],
        [143, 162, 166, 231, 242, 257, 9, 115, 2, 284],
        [146, 130, 119, 198, 187, 205, 290, 328, 285, 2],
    ];

    public static IReadOnlyList<string> Regions { get; } =
        ["Dallas", "Toronto", "Washington DC", "Frankfurt", "London", "Madrid", "Osaka", "Sydney", "Tokyo", "Sao Paulo"];

    /// <summary>From the first region to the second and back.</summary>
    public static int RoundTripMilliseconds(int from, int to) => RoundTrips[from][to];
}
