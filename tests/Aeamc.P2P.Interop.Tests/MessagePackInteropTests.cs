using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Interop.Tests;

/// <summary>Our MessagePack and that of <c>@msgpack/msgpack</c> must agree in both directions, byte for byte.</summary>
public class MessagePackInteropTests
{
    [Fact]
    public async Task Edge_values_are_the_same_bytes_on_both_sides()
    {
        object?[] edges =
        [
            null, true, false, 0ul, 127ul, 128ul, 255ul, 256ul, 65535ul, 65536ul, (ulong)uint.MaxValue, 1ul << 32, (1ul << 53) + 1, ulong.MaxValue,
            -1L, -32L, -33L, -128L, -129L, -32768L, -32769L, (long)int.MinValue, int.MinValue - 1L, long.MinValue,
            "", "x", new string('x', 31), new string('x', 32), new string('x', 255), new string('x', 256), new string('x', 65536), "Größe 漢字 🙂",
            Count(0, 0), Count(1, 1), Count(1, 255), Count(1, 256), Count(1, 65535), Count(1, 65536),
            Array.Empty<object?>(), new object?[15], new object?[16], new object?[65536], new object?[] { new object?[] { 1ul, "a" }, Count(1, 3), null },
        ];
        await AgreeAsync(edges.Select(value => (Encode(value), value)));
    }

    [Fact]
    public async Task Random_values_are_the_same_bytes_on_both_sides() =>
        await AgreeAsync(Enumerable.Range(0, 500).Select(seed =>
        {
            object? value = RandomValue(new Random(seed), 4);
            return (Encode(value), value);
        }));

    [Fact]
    public async Task Wire_types_are_plain_arrays_to_others_and_theirs_are_ours()
    {
        var author = new NodeId(Count(5, 32));
        BatchEntry[] entries = [new(1, Count(0, 3)), new(200, Count(0, 300))];
        Batch batch = new BatchBody(author, 300, entries).Seal(Count(9, 64));
        object?[] batchTree =
            [new object?[] { Count(5, 32), 300ul, new object?[] { new object?[] { 1ul, Count(0, 3) }, new object?[] { 200ul, Count(0, 300) } } }, Count(9, 64)];

        var payload = new BlockPayload([Hash(1), Hash(2)]);
        object?[] payloadTree = [(byte[])[.. Count(1, 32), .. Count(2, 32)]];

        var checkpoint = new Checkpoint(Hash(1), 7, new Epoch(3), new Height(1ul << 40), Hash(2), Hash(3), Hash(4));
        object?[] checkpointTree = [Count(1, 32), 7ul, 3ul, 1ul << 40, Count(2, 32), Count(3, 32), Count(4, 32)];
        var signed = new SignedCheckpoint(checkpoint, Count(2, 65), Count(3, 33));
        object?[] signedTree = [checkpointTree, Count(2, 65), Count(3, 33)];

        Hash256[] leaves = EntriesRoot.LeafHashes(entries);
        InclusionProof inclusion = InclusionProof.Create(leaves, 1);
        object?[] inclusionTree = [1ul, 2ul, leaves[0].ToArray()];
        var nodes = new NoNodes();
        Assert.True(ChainProof.TryCreate(nodes, Height.Zero, 1, out ChainProof? chain));
        object?[] chainTree = [0ul, 1ul, Count(0, 0)];
        MicroblockHeader header = Header();
        var receipt = new ReceiptProof(entries[1], inclusion, header, new CheckpointProof(chain, signed), Count(7, 20));
        object?[] receiptTree =
            [200ul, Count(0, 300), inclusionTree, header.ToArray(), new object?[] { chainTree, signedTree }, Count(7, 20)];
        object?[] bareTree = [200ul, Count(0, 300), inclusionTree, header.ToArray(), null, null];

        string[] theirs = await AgreeAsync(
        [
            (batch.Encoded.ToArray(), batchTree), (payload.Encoded.ToArray(), payloadTree), (receipt.Encode(), receiptTree),
            ((receipt with { Checkpoint = null, Finalization = null }).Encode(), bareTree),
        ]);
        Assert.True(Batch.TryDecode(Convert.FromHexString(theirs[0]), out Batch? decoded) && decoded.Hash == batch.Hash);
        Assert.True(BlockPayload.TryDecode(Convert.FromHexString(theirs[1]), out BlockPayload? list) && list.Hash == payload.Hash);
        Assert.True(ReceiptProof.TryDecode(Convert.FromHexString(theirs[2]), out ReceiptProof? proof) && proof.Header == header);
        Assert.True(ReceiptProof.TryDecode(Convert.FromHexString(theirs[3]), out ReceiptProof? bare) && bare.Checkpoint is null);
    }

    /// <summary>Sends bytes and values to node, compares both directions, and gives node's bytes.</summary>
    private static async Task<string[]> AgreeAsync(IEnumerable<(byte[] Bytes, object? Value)> cases)
    {
        (byte[] Bytes, object? Value)[] all = [.. cases];
        var request = new JsonArray([.. all.Select(c => (JsonNode)new JsonObject { ["hex"] = Convert.ToHexStringLower(c.Bytes), ["tree"] = Tree(c.Value) })]);
        string answer = await NodeProgram.RunAsync("msgpack", "check.mjs", request.ToJsonString(), TestContext.Current.CancellationToken);
        JsonArray answers = JsonNode.Parse(answer)!.AsArray();
        Assert.Equal(all.Length, answers.Count);
        var encoded = new string[all.Length];
        for (int i = 0; i < all.Length; i++)
        {
            encoded[i] = answers[i]!["encoded"]!.GetValue<string>();
            Assert.Equal(Convert.ToHexStringLower(all[i].Bytes), encoded[i]);
            JsonNode? decoded = JsonNode.Parse(answers[i]!["decoded"]!.GetValue<string>());
            Assert.True(JsonNode.DeepEquals(Tree(all[i].Value), decoded), $"case {i}: {decoded?.ToJsonString()}");
        }

        return encoded;
    }

    private static JsonNode? Tree(object? value) => value switch
    {
        null => null,
        bool flag => JsonValue.Create(flag),
        ulong number => new JsonObject { ["n"] = number.ToString(CultureInfo.InvariantCulture) },
        long number => new JsonObject { ["n"] = number.ToString(CultureInfo.InvariantCulture) },
        string text => new JsonObject { ["s"] = text },
        byte[] bytes => new JsonObject { ["b"] = Convert.ToHexStringLower(bytes) },
        object?[] items => new JsonObject { ["a"] = new JsonArray([.. items.Select(Tree)]) },
        _ => throw new JsonException(value.GetType().Name),
    };

    private static byte[] Encode(object? value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(new MessagePackWriter(buffer), value);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(MessagePackWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNil();
                break;
            case bool flag:
                writer.Write(flag);
                break;
            case ulong number:
                writer.Write(number);
                break;
            case long number:
                writer.WriteSigned(number);
                break;
            case string text:
                writer.Write(text);
                break;
            case byte[] bytes:
                writer.Write(bytes);
                break;
            case object?[] items:
                writer.WriteArrayHeader(items.Length);
                foreach (object? item in items)
                {
                    Write(writer, item);
                }

                break;
            default:
                throw new JsonException(value.GetType().Name);
        }
    }

    private static object? RandomValue(Random random, int depth) => random.Next(depth > 0 ? 8 : 5) switch
    {
        0 => null,
        1 => (ulong)random.NextInt64() >> random.Next(64),
        2 => -1 - (random.NextInt64() >> random.Next(64)),
        3 => Count(random.Next(256), random.Next(random.Next(2) == 0 ? 20 : 400)),
        4 => string.Concat(Enumerable.Range(0, random.Next(random.Next(2) == 0 ? 20 : 300)).Select(_ => random.Next(3) == 0 ? "é" : "a")),
        _ => Enumerable.Range(0, random.Next(20)).Select(_ => RandomValue(random, depth - 2)).ToArray(),
    };

    private static MicroblockHeader Header() => new()
    {
        ClusterId = 7,
        Timestamp = new Timestamp(1),
        PayloadHash = Hash(1),
        PreviousHash = Hash(2),
        ReceiptCount = 2,
        Height = Height.Zero,
        View = View.Zero,
        Epoch = Epoch.Zero,
        Proposer = new NodeIndex(0),
        EntriesRoot = Hash(3),
        StateRoot = Hash(4),
        ChainRoot = Hash(5),
        Beacon = BeaconProof.None,
        ParametersHash = Hash(6),
    };

    private static byte[] Count(int start, int length) => [.. Enumerable.Range(start, length).Select(i => unchecked((byte)i))];

    private static Hash256 Hash(int start) => new(Count(start, 32));

    /// <summary>A chain of one block needs none.</summary>
    private sealed class NoNodes : IMountainNodes
    {
        public bool TryGet(int level, ulong index, out Hash256 hash)
        {
            hash = default;
            return false;
        }
    }
}
