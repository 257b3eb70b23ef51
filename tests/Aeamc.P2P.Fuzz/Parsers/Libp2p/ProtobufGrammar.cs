using Google.Protobuf;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>A protobuf message with some value, and the tree of its fields.</summary>
internal sealed class ProtobufModel<TMessage>(TMessage message)
    where TMessage : IMessage<TMessage>
{
    /// <summary>What the tree was made of.</summary>
    public TMessage Message { get; } = message;

    public ProtobufTree Tree { get; } = ProtobufTree.TryRead(message.ToByteArray()) ?? throw new FuzzException("what protoc writes is a tree of fields");
}

/// <summary>Messages of one type, changed as trees.</summary>
/// <typeparam name="TMessage">The type, generated from the schema.</typeparam>
internal abstract class ProtobufGrammar<TMessage> : Grammar<ProtobufModel<TMessage>>
    where TMessage : IMessage<TMessage>
{
    protected sealed override ProtobufModel<TMessage> Make(Random random) => new(Message(random));

    protected override void Change(ProtobufModel<TMessage> model, Random random) => model.Tree.Change(random, leaf => Leaf(leaf, random));

    protected override byte[] Write(ProtobufModel<TMessage> model) => model.Tree.Write(Mutator.MaxLength);

    protected sealed override void Check(ProtobufModel<TMessage> model, byte[] bytes) => Check(model.Message, bytes);

    /// <summary>A message that the parser must take.</summary>
    protected abstract TMessage Message(Random random);

    /// <summary>Changes a field that holds no message.</summary>
    protected virtual byte[] Leaf(byte[] leaf, Random random) => Mutator.ChangeLeaf(leaf, random);

    /// <summary>Parses the bytes of a message and compares.</summary>
    protected abstract void Check(TMessage message, byte[] bytes);
}
