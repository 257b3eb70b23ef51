namespace Aeamc.P2P.Fuzz.Parsers.MessagePack;

/// <summary>A value, and the bytes that stand before it.</summary>
internal sealed class MessagePackModel(byte[] before, MessagePackTree tree)
{
    public byte[] Before { get; } = before;

    public MessagePackTree Tree { get; } = tree;
}

/// <summary>Inputs in MessagePack, each one of some sound ones changed as a tree.</summary>
/// <param name="sound">Inputs that the parser takes, or that it refuses for what they say and not for how they say it; those in another format are left out.</param>
/// <param name="before">Bytes before the value.</param>
internal sealed class MessagePackGrammar(IEnumerable<byte[]> sound, int before = 0) : Grammar<MessagePackModel>
{
    private readonly byte[][] _sound = [.. sound.Where(bytes => MessagePackTree.TryRead(bytes.AsSpan(before)) is not null)];

    protected override MessagePackModel Make(Random random)
    {
        byte[] bytes = Draw.Of(random, _sound);
        return new MessagePackModel(bytes[..before], MessagePackTree.TryRead(bytes.AsSpan(before)) ?? throw new FuzzException("what was read once is read again"));
    }

    protected override void Change(MessagePackModel model, Random random) => model.Tree.Change(random);

    protected override byte[] Write(MessagePackModel model) => [.. model.Before, .. model.Tree.Write(Mutator.MaxLength)];

    // Each of these formats has one encoding, so a tree that is not changed is written as it was read.
    protected override void Check(MessagePackModel model, byte[] bytes) =>
        FuzzTarget.Require(_sound.Any(input => input.AsSpan().SequenceEqual(bytes)), "what is not changed is written as it was read");
}
