using Aeamc.P2P.Benchmarks;
using Aeamc.P2P.Benchmarks.Libp2p;
using Aeamc.P2P.Benchmarks.Sync;

switch (args.FirstOrDefault())
{
    case "primitives":
        PrimitiveBenchmarks.Run();
        return 0;
    case "signatures":
        PrimitiveBenchmarks.Signatures();
        return 0;
    case "sync":
        if (SyncOptions.Parse(args.AsSpan(1)) is not { } options)
        {
            Console.Error.WriteLine($"Usage: {SyncOptions.Usage}");
            return 2;
        }

        await new SyncBenchmark(options).RunAsync();
        return 0;
    case BurnerProcess.Name:
        await BurnerProcess.RunAsync(args[1]);
        return 0;
    case "idle":
        await IdleBenchmark.RunAsync(Number(1, 60), Number(2, IdleBenchmark.WarmingSeconds));
        return 0;
    case "libp2p":
        return await Libp2pBenchmark.RunAsync(args[1..]);
    case BenchWorker.Name:
        return await BenchWorker.RunAsync(args[1]);
    default:
        Console.Error.WriteLine($"Usage: dotnet run -c Release --project tests/Aeamc.P2P.Benchmarks -- primitives | signatures | {SyncOptions.Usage} | idle [seconds [warming]] | libp2p [--json] [--quick] [--only unsigned,signed,allocation,streams,handshakes,idle] [--rate N] [--alone]");
        return 2;
}

int Number(int position, int otherwise) => args.Length > position ? int.Parse(args[position], System.Globalization.CultureInfo.InvariantCulture) : otherwise;
