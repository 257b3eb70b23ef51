using FsCheck;
using FsCheck.Fluent;

namespace Aeamc.P2P.Primitives.Tests;

public class StateTreeTests
{
    /// <summary>Roots computed by an independent program from the definition.</summary>
    [Fact]
    public void Roots_are_frozen()
    {
        Assert.Equal(Hash256.Zero, StateTree.Empty.Root);
        Assert.Equal("34d8d58b22f66dabacf4425ad73b0b4a1ef58acee0d2a88aeeb936be99335144", Tree(("key", "value")).Root.ToString());
        Assert.Equal("8e2a164a410203f51300d7c6645b7a37f549768457be109acc126c63573a9e0a", Tree(("a", "1"), ("b", "2"), ("c", "3")).Root.ToString());
        Assert.Equal("c2ccf07a73dcc493bceb1fd8a0c2921046eabc8ab87838a55cfb9bc6586b3429", Hundred().Root.ToString());
    }

    [Fact]
    public void Equal_contents_have_equal_roots_whatever_the_history()
    {
        Gen<(byte, byte)[]> batch = Gen.Choose(0, 255).Select(i => (byte)i).Two().Select(p => (p.Item1, p.Item2)).ArrayOf();
        Prop.ForAll(batch.ListOf().ToArbitrary(), history =>
        {
            var model = new SortedDictionary<byte, byte>();
            StateTree tree = StateTree.Empty;
            foreach ((byte, byte)[] step in history)
            {
                // A batch writes a key once; values of 100 and more delete.
                StateChange[] changes = [.. step.DistinctBy(s => s.Item1).Select(s => new StateChange([s.Item1], s.Item2 < 100 ? [s.Item2] : null))];
                foreach (StateChange change in changes)
                {
                    model.Remove(change.Key[0]);
                    if (change.Value is { } value)
                    {
                        model[change.Key[0]] = value[0];
                    }
                }

                tree = tree.Apply(changes);
            }

            StateTree built = StateTree.Build(model.Reverse().Select(p => (new[] { p.Key }, new[] { p.Value })));
            return tree.Root == built.Root && tree.Root == Reference(model) && tree.Count == model.Count && built.Count == model.Count
                && model.All(p => tree.TryGet([p.Key], out ReadOnlyMemory<byte> value) && value.Span.SequenceEqual([p.Value]))
                && Enumerable.Range(0, 256).All(i => model.ContainsKey((byte)i) == tree.Contains([(byte)i]))
                && Proofs(tree, model);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Deleting_everything_gives_the_empty_tree()
    {
        StateTree tree = Hundred();
        StateTree emptied = tree.Apply([.. tree.Entries().Select(e => StateChange.Delete(e.Key.ToArray()))]);
        Assert.Equal(Hash256.Zero, emptied.Root);
        Assert.Equal(0, emptied.Count);
        Assert.Empty(emptied.Entries());
        Assert.Equal(100, tree.Count);
    }

    [Fact]
    public void Changes_without_effect_give_the_same_tree()
    {
        StateTree tree = Hundred();
        Assert.Same(tree, tree.Apply([]));
        Assert.Same(tree, tree.Apply([StateChange.Delete(Bytes.Utf8("absent"))]));
        Assert.Same(tree, tree.Apply([new StateChange(Bytes.Utf8("key5"), Bytes.Utf8("value5")), new StateChange(Bytes.Utf8("key6"), Bytes.Utf8("value6"))]));
        Assert.Same(StateTree.Empty, StateTree.Empty.Apply([StateChange.Delete([1]), StateChange.Delete([2])]));
    }

    [Fact]
    public void Old_versions_stay_as_they_were()
    {
        StateTree before = Hundred();
        Hash256 root = before.Root;
        StateTree after = before.Apply([new StateChange(Bytes.Utf8("key5"), [1]), StateChange.Delete(Bytes.Utf8("key6"))]);
        Assert.Equal(root, before.Root);
        Assert.True(before.TryGet(Bytes.Utf8("key5"), out ReadOnlyMemory<byte> old) && old.Span.SequenceEqual(Bytes.Utf8("value5")));
        Assert.True(after.TryGet(Bytes.Utf8("key5"), out ReadOnlyMemory<byte> value) && value.Span.SequenceEqual((byte[])[1]));
        Assert.False(after.Contains(Bytes.Utf8("key6")));
        Assert.Equal(99, after.Count);
    }

    [Fact]
    public void Entries_come_in_the_order_of_their_paths()
    {
        StateEntry[] entries = [.. Hundred().Entries()];
        Assert.Equal(100, entries.Length);
        Assert.Equal(entries.Select(e => Hash256.Of(e.Key.Span)).Order(), entries.Select(e => Hash256.Of(e.Key.Span)));
        Assert.All(entries, e => Assert.Equal("value", System.Text.Encoding.UTF8.GetString(e.Value.Span)[..5]));
    }

    [Fact]
    public void A_key_twice_in_one_batch_is_our_own_mistake()
    {
        Assert.Throws<InvariantException>(() => StateTree.Empty.Apply([new StateChange([1], [1]), new StateChange([1], null)]));
    }

    [Fact]
    public void Empty_keys_and_values_are_entries_like_others()
    {
        StateTree tree = StateTree.Empty.Apply([new StateChange([], []), new StateChange([0], [])]);
        Assert.True(tree.TryGet([], out ReadOnlyMemory<byte> value) && value.IsEmpty);
        Assert.Equal(2, tree.Count);
        Assert.True(tree.Prove([]).VerifyPresent(tree.Root, [], []));
        Assert.NotEqual(tree.Root, StateTree.Empty.Apply([new StateChange([], [])]).Root);
    }

    [Fact]
    public void Thousands_of_keys_changed_at_once_give_the_root_of_a_fresh_build()
    {
        var model = new SortedDictionary<int, int>();
        StateTree tree = StateTree.Empty;
        var random = new Random(7);
        for (int round = 0; round < 8; round++)
        {
            var changes = new SortedDictionary<int, int?>();
            for (int i = 0; i < 2000; i++)
            {
                changes[random.Next(6_000)] = random.Next(3) == 0 ? null : random.Next();
            }

            foreach ((int key, int? value) in changes)
            {
                model.Remove(key);
                if (value is { } written)
                {
                    model[key] = written;
                }
            }

            tree = tree.Apply([.. changes.Select(c => new StateChange(BitConverter.GetBytes(c.Key), c.Value is { } v ? BitConverter.GetBytes(v) : null))]);
            Assert.Equal(model.Count, tree.Count);
            Assert.Equal(StateTree.Build(model.Select(p => (BitConverter.GetBytes(p.Key), BitConverter.GetBytes(p.Value)))).Root, tree.Root);
        }
    }

    private static bool Proofs(StateTree tree, SortedDictionary<byte, byte> model)
    {
        for (int i = 0; i < 256; i += 5)
        {
            byte[] key = [(byte)i];
            StateProof proof = tree.Prove(key);
            bool present = model.TryGetValue((byte)i, out byte value);
            if (proof.VerifyPresent(tree.Root, key, [value]) != present || proof.VerifyAbsent(tree.Root, key) == present
                || proof.VerifyPresent(tree.Root, key, [value, 0]) || proof.VerifyPresent(Bytes.Hash(1), key, [value])
                || proof.VerifyAbsent(Bytes.Hash(1), key))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The definition, word for word, with no sharing.</summary>
    private static Hash256 Reference(SortedDictionary<byte, byte> model) =>
        Reference([.. model.Select(p => (Hash256.Of([p.Key]), Hash256.Of([p.Value])))], 0);

    private static Hash256 Reference(List<(Hash256 Path, Hash256 Value)> leaves, int depth) => leaves.Count switch
    {
        0 => Hash256.Zero,
        1 => Hash256.Of([0, .. leaves[0].Path.ToArray(), .. leaves[0].Value.ToArray()]),
        _ => Hash256.Of(
        [
            1,
            .. Reference(leaves.FindAll(l => !l.Path.Bit(depth)), depth + 1).ToArray(),
            .. Reference(leaves.FindAll(l => l.Path.Bit(depth)), depth + 1).ToArray(),
        ]),
    };

    internal static StateTree Hundred() => Tree([.. Enumerable.Range(0, 100).Select(i => ($"key{i}", $"value{i}"))]);

    private static StateTree Tree(params (string Key, string Value)[] entries) =>
        StateTree.Build(entries.Select(e => (Bytes.Utf8(e.Key), Bytes.Utf8(e.Value))));
}
