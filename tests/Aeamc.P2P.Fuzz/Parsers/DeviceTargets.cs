using System.Text;
using Aeamc.P2P.DeviceApi.Http;
using Aeamc.P2P.DeviceApi.V1;
using Aeamc.P2P.DeviceApi.V2;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary>Bodies that arrive on the HTTP port.</summary>
internal static class DeviceTargets
{
    private static readonly byte[][] Tokens =
        [.. ((string[])["null", "true", "1e999", "-0", "\"\\u0000\"", "[", "{", "\"", "\\ud800", ":", ",", "\"payload\":"]).Select(Encoding.UTF8.GetBytes)];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("http-envelope-json", [Json("""{"payload":"AAAA","kid":"e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1","alg":"Ed25519","sig":"AAAA"}""")], Tokens, RunEnvelope),
        new("http-v1", [
            Json("""{"deviceId":"00112233445566aa","batteryPercentage":80.5,"isCharging":true,"cpuTemperature":-1,"networkLatency":50}"""),
            Json("""{"taskId":"aa","deviceId":"00112233445566aa","timestamp":1,"outputDigest":"bb","checkpoint":"dummy_checkpoint","executionMetadata":{"executionTimeMs":1,"cpuCycles":-1},"signature":"MAYCAQECAQI="}"""),
        ], Tokens, RunV1),
        new("http-device-id", [Json("00112233445566aa"), Json("did:aeamc:z6Mk")], Tokens, RunDeviceId),
    ];

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);

    private static void RunEnvelope(byte[] input)
    {
        if (EnvelopeBody.TryReadJson(input, out byte[]? envelope))
        {
            FuzzTarget.Require(EnvelopeBody.TryReadKey(envelope, out _), "an envelope that was built can be read");
        }

        EnvelopeBody.TryReadKey(input, out _);
    }

    private static void RunV1(byte[] input)
    {
        JsonBody.TryRead(input, V1Json.Default.TelemetryV1, out _);
        JsonBody.TryRead(input, V1Json.Default.TaskRequestV1, out _);
        JsonBody.TryRead(input, V1Json.Default.ProofV1, out _);
    }

    private static void RunDeviceId(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        FuzzTarget.Require(!DeviceId.TryParseV1(text, out DeviceId old) || old.IsV1, "a Phase-1 id is one");
        if (DeviceId.TryParse(text, out DeviceId id))
        {
            FuzzTarget.Require(DeviceId.TryParse(id.ToString(), out DeviceId again) && again == id, "a device id comes back");
        }
    }
}
