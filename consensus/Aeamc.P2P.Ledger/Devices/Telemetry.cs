using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// What a device says about itself, in integers: fractions would round differently on different machines. Self-reported, so the network proves what
/// was decided from it, not that it was true.
/// </summary>
/// <param name="BatteryHundredths">Charge in hundredths of a percent, 0..10,000; negative when unknown.</param>
/// <param name="Charging">Whether a charger is connected.</param>
/// <param name="CpuLoadHundredths">Load in hundredths of a percent; negative when unknown. Not scored.</param>
/// <param name="TemperatureHundredths">Temperature in hundredths of a degree Celsius; exactly -100 (Phase 1's "-1") when unknown.</param>
/// <param name="LatencyMs">Network round trip in milliseconds; negative when the measurement failed.</param>
/// <param name="BandwidthKbps">Bandwidth in kbit/s; negative when unknown. Not scored.</param>
public readonly record struct Telemetry(
    int BatteryHundredths, bool Charging, int CpuLoadHundredths, int TemperatureHundredths, int LatencyMs, int BandwidthKbps)
{
    /// <summary>A temperature that could not be read.</summary>
    public const int UnknownTemperature = -100;

    /// <summary>Telemetry as Phase 1 sends it: without load and bandwidth.</summary>
    public static Telemetry OfV1(int batteryHundredths, bool charging, int temperatureHundredths, int latencyMs) =>
        new(batteryHundredths, charging, -1, temperatureHundredths, latencyMs, -1);

    internal static bool TryRead(ref MessagePackReader reader, out Telemetry telemetry)
    {
        telemetry = default;
        if (!reader.TryReadInt32(out int battery)
            || !reader.TryReadBoolean(out bool charging)
            || !reader.TryReadInt32(out int load)
            || !reader.TryReadInt32(out int temperature)
            || !reader.TryReadInt32(out int latency)
            || !reader.TryReadInt32(out int bandwidth))
        {
            return false;
        }

        telemetry = new Telemetry(battery, charging, load, temperature, latency, bandwidth);
        return true;
    }

    internal void Write(MessagePackWriter writer)
    {
        writer.WriteSigned(BatteryHundredths);
        writer.Write(Charging);
        writer.WriteSigned(CpuLoadHundredths);
        writer.WriteSigned(TemperatureHundredths);
        writer.WriteSigned(LatencyMs);
        writer.WriteSigned(BandwidthKbps);
    }
}
