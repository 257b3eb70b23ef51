using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Aeamc.P2P.Cryptography.Tests")]
[assembly: InternalsVisibleTo("Aeamc.P2P.Benchmarks")]
