namespace Aeamc.P2P.Storage.Signer;

/// <summary>Whether the watermark lets a statement be signed.</summary>
public enum WatermarkVerdict
{
    /// <summary>It is above the mark of its kind; the mark has moved up to it, durably.</summary>
    Raised,

    /// <summary>It is the very statement of the mark: signing it again says nothing new.</summary>
    Repeated,

    /// <summary>It is older than the mark of its kind. Only a node that remembers having signed it may send it again.</summary>
    Below,

    /// <summary>It is another statement of the same kind in the same view: signing it would equivocate.</summary>
    Conflict,
}
