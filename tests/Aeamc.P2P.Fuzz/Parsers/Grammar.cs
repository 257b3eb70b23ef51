namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary>
/// What the inputs of a parser are made of. It writes sound ones, of which it knows what the parser must find in them, and ones that are wrong in a few
/// places and true in all others: lengths still hold, signatures still cover what they cover. So what is wrong is met by the code that looks for it.
/// </summary>
internal abstract class Grammar
{
    /// <summary>An input that the parser must take, with the check that it found what was written.</summary>
    public abstract FuzzInput Sound(Random random);

    /// <summary>A sound input after so many changes of its parts.</summary>
    public abstract byte[] Changed(Random random, int changes);
}

/// <summary>A grammar over a model of the input that can be changed.</summary>
/// <typeparam name="TModel">The parts of an input: a class, changed in place.</typeparam>
internal abstract class Grammar<TModel> : Grammar
    where TModel : class
{
    public sealed override FuzzInput Sound(Random random)
    {
        TModel model = Make(random);
        byte[] bytes = Write(model);
        return new FuzzInput(bytes, () => Check(model, bytes));
    }

    public sealed override byte[] Changed(Random random, int changes)
    {
        TModel model = Make(random);
        for (int i = 0; i < changes; i++)
        {
            Change(model, random);
        }

        byte[] bytes = Write(model);
        return bytes.Length <= Mutator.MaxLength ? bytes : bytes[..Mutator.MaxLength];
    }

    /// <summary>A sound model.</summary>
    protected abstract TModel Make(Random random);

    /// <summary>Changes one part.</summary>
    protected abstract void Change(TModel model, Random random);

    /// <summary>The bytes, with what must be computed computed anew.</summary>
    protected abstract byte[] Write(TModel model);

    /// <summary>Parses what was written of a sound model and compares.</summary>
    /// <exception cref="FuzzException">It was refused, or is not what was written.</exception>
    protected abstract void Check(TModel model, byte[] bytes);
}
