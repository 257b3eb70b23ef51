using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.DeviceClient.Fleet;

/// <summary>A phone's seeded telemetry: the battery drains and is charged again, the temperature follows the work, sensors fail now and then.</summary>
internal sealed class PhoneSensors(Random random)
{
    private const int Low = 3000;
    private const int Full = 9800;

    private int _battery = random.Next(4000, 10_000);
    private int _temperature = random.Next(2500, 3500);
    private bool _charging = random.Next(3) == 0;

    /// <summary>The next reading.</summary>
    public Telemetry Read()
    {
        _battery = Math.Clamp(_battery + (_charging ? random.Next(50, 200) : -random.Next(10, 80)), 500, 10_000);
        _charging = _charging ? _battery < Full : _battery < Low;
        _temperature = Math.Clamp(_temperature + random.Next(-150, 170), 2000, 5500);
        int temperature = random.Next(20) == 0 ? Telemetry.UnknownTemperature : _temperature;
        int latency = random.Next(20) == 0 ? -1 : random.Next(5, 120);
        return new Telemetry(_battery, _charging, random.Next(500, 6000), temperature, latency, random.Next(2_000, 80_000));
    }
}
