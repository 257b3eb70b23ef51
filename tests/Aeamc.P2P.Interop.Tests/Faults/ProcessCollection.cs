namespace Aeamc.P2P.Interop.Tests.Faults;

/// <summary>Tests that start whole networks run one after the other: each wants the machine for itself.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessCollection
{
    public const string Name = "networks of processes";
}
