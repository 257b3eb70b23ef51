namespace Aeamc.P2P.Interop.Tests.Libp2p;

/// <summary>Which package set of js-libp2p a peer runs.</summary>
public enum JsGeneration
{
    /// <summary>libp2p 2.10, folder <c>js/libp2p-2</c>.</summary>
    Two = 2,

    /// <summary>libp2p 3.3, folder <c>js/libp2p-3</c>.</summary>
    Three = 3,
}
