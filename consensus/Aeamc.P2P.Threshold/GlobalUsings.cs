global using System.Collections.Immutable;
global using System.Diagnostics.CodeAnalysis;
global using Aeamc.P2P.Primitives;
global using Aeamc.P2P.Threshold.Group;
