namespace Aeamc.P2P.Ledger;

/// <summary>
/// The Energy Participation Score in ten-thousandths, 0..10,000:
/// <c>EPS = 0.4 battery/100 + 0.2 charging + 0.2 (1 - min(temp, 80)/80) + 0.2 (1 - min(latency, 500)/500)</c>, every part clamped to its weight,
/// an unknown sensor worth 0, each part rounded down. 80 %, not charging, 45 C, 50 ms make 3200 + 0 + 875 + 1800 = 5875.
/// </summary>
public readonly record struct EnergyScore(ushort TenThousandths) : IComparable<EnergyScore>
{
    private const int BatteryWeight = 4000;
    private const int ChargingWeight = 2000;
    private const int TemperatureWeight = 2000;
    private const int LatencyWeight = 2000;
    private const int FullBattery = 100_00;
    private const int HottestTemperature = 80_00;
    private const int SlowestLatency = 500;

    /// <summary>The largest score.</summary>
    public const ushort Maximum = 10_000;

    /// <summary>The score of one reading.</summary>
    public static EnergyScore Of(Telemetry telemetry)
    {
        int battery = Math.Clamp(telemetry.BatteryHundredths, 0, FullBattery) * BatteryWeight / FullBattery;
        int charging = telemetry.Charging ? ChargingWeight : 0;
        int temperature = telemetry.TemperatureHundredths == Telemetry.UnknownTemperature
            ? 0
            : (HottestTemperature - Math.Clamp(telemetry.TemperatureHundredths, 0, HottestTemperature)) * TemperatureWeight / HottestTemperature;
        int latency = telemetry.LatencyMs < 0
            ? 0
            : (SlowestLatency - Math.Min(telemetry.LatencyMs, SlowestLatency)) * LatencyWeight / SlowestLatency;
        return new EnergyScore((ushort)(battery + charging + temperature + latency));
    }

    public int CompareTo(EnergyScore other) => TenThousandths.CompareTo(other.TenThousandths);

    public static bool operator <(EnergyScore left, EnergyScore right) => left.TenThousandths < right.TenThousandths;

    public static bool operator >(EnergyScore left, EnergyScore right) => left.TenThousandths > right.TenThousandths;

    public static bool operator <=(EnergyScore left, EnergyScore right) => left.TenThousandths <= right.TenThousandths;

    public static bool operator >=(EnergyScore left, EnergyScore right) => left.TenThousandths >= right.TenThousandths;

    public override int GetHashCode() => TenThousandths;

    public override string ToString() => TenThousandths.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
