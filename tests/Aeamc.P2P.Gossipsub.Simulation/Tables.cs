using System.Diagnostics;
using Aeamc.P2P.Gossipsub.Simulation.Attacks;
using Aeamc.P2P.Gossipsub.Simulation.Measurements;

namespace Aeamc.P2P.Gossipsub.Simulation;

/// <summary>Prints the figures.</summary>
internal static class Tables
{
    public static void Attacks(AttackOptions options, IReadOnlyList<AttackKind> kinds)
    {
        var reports = new List<AttackReport>();
        foreach (AttackKind kind in kinds)
        {
            var watch = Stopwatch.StartNew();
            AttackReport report = AttackSimulation.Run(kind, options);
            reports.Add(report);
            Print($"{kind}: {options.Honest} honest, {(kind == AttackKind.None ? 0 : options.Attackers)} attackers, {options.Rate} messages/s, seed {options.Seed} ({watch.Elapsed.TotalSeconds:f0} s of real time)");
            Print("  since attack  delivered   on time   p50 ms   p99 ms   attackers in meshes   degrees");
            foreach (AttackInterval interval in report.Intervals)
            {
                Print($"  {interval.Start.TotalSeconds,10:f0} s  {interval.Delivered,8:p2}  {interval.OnTime,8:p2}  {interval.P50.TotalMilliseconds,7:f0}  {interval.P99.TotalMilliseconds,7:f0}  {interval.AttackersInMeshes,20:p1}   {interval.LeastDegree}..{interval.LargestDegree}");
            }

            Print("");
        }

        Print($"on time: within {AttackReport.OnTimeLimit.TotalMilliseconds:f0} ms of being published, which is what the meshes do; later deliveries were repaired by gossip");
        Print("attack           worst delivered  worst on time  most attackers  recovered after   end: on time  attackers");
        foreach (AttackReport report in reports)
        {
            string recovered = report.RecoveredAfter is { } after ? $"{after.TotalSeconds:f0} s" : "not";
            Print($"{report.Kind,-15}  {report.WorstDelivered,15:p2}  {report.WorstOnTime,13:p2}  {report.MostAttackers,14:p1}  {recovered,15}  {report.End.OnTime,13:p2}  {report.End.AttackersInMeshes,9:p1}");
        }

        Print("");
    }

    public static void Duplicates()
    {
        Print("copies received per delivery, all nodes connected to all");
        Print("nodes  bytes   forwarded at once   held for 10 ms");
        foreach ((int nodes, int bytes) in new[] { (4, 256), (4, 4096), (7, 256), (7, 4096), (13, 4096) })
        {
            double atOnce = DuplicateMeasurement.CopiesPerDelivery(1, nodes, bytes, TimeSpan.Zero);
            double held = DuplicateMeasurement.CopiesPerDelivery(1, nodes, bytes, TimeSpan.FromMilliseconds(10));
            Print($"{nodes,5}  {bytes,5}   {atOnce,17:f2}   {held,13:f2}");
        }

        Print("");
    }

    public static void Allocations()
    {
        Print("bytes allocated per delivery in the router, full caches");
        Print("mesh  idle peers  payload   bytes");
        foreach ((int mesh, int idle, int payload) in new[] { (3, 0, 256), (3, 0, 4096), (6, 0, 4096), (6, 1000, 4096) })
        {
            Print($"{mesh,4}  {idle,10}  {payload,7}   {AllocationMeasurement.BytesPerDelivery(mesh, idle, payload),5}");
        }

        Print("");
    }

    private static void Print(string line) => Console.WriteLine(line);
}
