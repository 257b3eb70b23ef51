using Aeamc.P2P.Benchmarks;

switch (args.FirstOrDefault())
{
    case "primitives":
        PrimitiveBenchmarks.Run();
        return 0;
    case "signatures":
        PrimitiveBenchmarks.Signatures();
        return 0;
    default:
        Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/Aeamc.P2P.Benchmarks -- primitives|signatures");
        return 2;
}
