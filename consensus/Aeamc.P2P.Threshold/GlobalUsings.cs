global using Aeamc.P2P.Primitives;
global using Aeamc.P2P.Threshold.Group;
