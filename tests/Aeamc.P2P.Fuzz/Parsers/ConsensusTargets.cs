using System.Buffers;
using System.Reflection;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Fuzz.Parsers.MessagePack;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Sync;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary>What members and other nodes send: consensus messages, batches, blocks, sync. All of it has exactly one encoding.</summary>
internal static class ConsensusTargets
{
    private static readonly Hash256 Hash = new(Enumerable.Repeat((byte)0xAA, 32).ToArray());
    private static readonly VoteSignature Signature = new(Enumerable.Repeat((byte)0xCC, 64).ToArray());
    private static readonly EntryDecoder Entries = new("fuzz");

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Structured("consensus-message", [.. Messages().Select(ConsensusMessageCodec.Encode)], RunMessage),
        Structured("batch", [BatchSeed()], RunBatch),
        Structured("block", [BlockContent.Create(HeaderSeed(), BlockPayload.Empty).Encoded.ToArray(), HeaderSeed().ToArray()], RunBlock),
        Structured("equivocation-evidence", [EvidenceSeed()], RunEvidence),
        Structured("ledger-entry", [.. Payloads().Select(Enveloped)], RunEntry, before: 1),
        Structured("ledger-payload", [.. Payloads().Select(pair => (byte[])[(byte)pair.Kind, .. pair.Payload])], RunPayload, before: 1),
        Structured("sync", [SyncProtocol.EncodeHashes([Hash, Hash]), SyncProtocol.EncodeBlobs([new byte[5]]), SyncProtocol.EncodeRange([])], RunSync),
        Structured("messagepack", [[0x93, 0x01, 0xC4, 0x02, 1, 2, 0xA1, 0x61]], RunMessagePack),
    ];

    private static FuzzTarget Structured(string name, byte[][] seeds, Action<byte[]> run, int before = 0) =>
        new(name, seeds, [], run) { Grammar = new MessagePackGrammar(seeds, before) };

    private static IEnumerable<ConsensusMessage> Messages()
    {
        var block = new BlockRef(Hash, new Height(300), new View(7), Hash, new View(5));
        var vote = new Vote(Statement.Notarize(new Epoch(2), block), new NodeIndex(3), Signature);
        return
        [
            vote,
            new Vote(Statement.Nullify(new Epoch(2), new View(7)), new NodeIndex(3), Signature),
            new Proposal(vote, new byte[] { 1, 2, 3 }),
            new Certificate(Statement.Finalize(new Epoch(2), block), SignerBitmap.From([0b1011]), Enumerable.Repeat((byte)0xCC, 192).ToArray()),
            new CertificatesRequest(new Epoch(2), new View(7), new View(70)),
        ];
    }

    private static byte[] BatchSeed() =>
        new BatchBody(new NodeId(new byte[32]), 300, [new BatchEntry(1, new byte[] { 1, 2, 3 }), new BatchEntry(200, new byte[256])]).Seal(new byte[64]).Encoded.ToArray();

    private static MicroblockHeader HeaderSeed() => new()
    {
        ClusterId = 7,
        Timestamp = new Timestamp(1_700_000_000_000),
        PayloadHash = BlockPayload.Empty.Hash,
        PreviousHash = Hash,
        ReceiptCount = 0,
        Height = new Height(10),
        View = new View(20),
        Epoch = new Epoch(0),
        Proposer = new NodeIndex(1),
        EntriesRoot = Hash,
        StateRoot = Hash,
        ChainRoot = Hash,
        Beacon = new BeaconProof(new byte[80]),
        ParametersHash = Hash,
    };

    // Two votes of one member in one view, in the form that the evidence's own encoder gives.
    private static byte[] EvidenceSeed()
    {
        byte[] first = ConsensusMessageCodec.Encode(Messages().First());
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(2);
        writer.Write(first);
        writer.Write(first);
        return output.WrittenSpan.ToArray();
    }

    private static IReadOnlyList<(EntryKind Kind, byte[] Payload)> Payloads()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("ledger-payloads.txt")!;
        using var reader = new StreamReader(stream);
        return
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
                .Select(parts => (Enum.Parse<EntryKind>(parts[0]), Convert.FromHexString(parts[1]))),
        ];
    }

    private static byte[] Enveloped((EntryKind Kind, byte[] Payload) entry)
    {
        FuzzTarget.Require(PublicKey.TryParse((byte[])[.. Enumerable.Repeat((byte)0xE1, 32)], out PublicKey key), "the seed's key is one");
        return [(byte)entry.Kind, .. new Envelope(entry.Payload, key, SignatureAlgorithm.Ed25519, new byte[64]).Encode()];
    }

    private static void RunMessage(byte[] input)
    {
        if (ConsensusMessageCodec.TryDecode(input, out ConsensusMessage? message))
        {
            FuzzTarget.Require(ConsensusMessageCodec.Encode(message).AsSpan().SequenceEqual(input), "a message has one form");
        }
    }

    private static void RunBatch(byte[] input)
    {
        if (Batch.TryDecode(input, out Batch? batch))
        {
            FuzzTarget.Require(batch.Encoded.Span.SequenceEqual(input), "a batch has one form");
        }
    }

    private static void RunBlock(byte[] input)
    {
        if (BlockContent.TryDecode(input, out BlockContent? content))
        {
            FuzzTarget.Require(content.Encoded.Span.SequenceEqual(input), "a block has one form");
        }

        if (MicroblockHeader.TryDecode(input, out MicroblockHeader? header))
        {
            FuzzTarget.Require(header.ToArray().AsSpan().SequenceEqual(input), "a header has one form");
        }
    }

    private static void RunEvidence(byte[] input)
    {
        if (EquivocationEvidence.TryDecode(input, out EquivocationEvidence? evidence))
        {
            FuzzTarget.Require(evidence.Encode().AsSpan().SequenceEqual(input), "evidence has one form");
        }
    }

    private static void RunEntry(byte[] input)
    {
        if (input.Length > 0)
        {
            Entries.TryDecode(new LedgerEntry((EntryKind)input[0], input.AsMemory(1)), out _);
        }
    }

    private static void RunPayload(byte[] input)
    {
        if (input.Length > 0)
        {
            EntryPayload.TryDecode((EntryKind)input[0], input.AsSpan(1), out _);
        }
    }

    private static void RunSync(byte[] input)
    {
        if (SyncProtocol.TryDecodeHashes(input, out Hash256[]? hashes))
        {
            FuzzTarget.Require(SyncProtocol.EncodeHashes(hashes).AsSpan().SequenceEqual(input), "a request has one form");
        }

        SyncProtocol.TryDecodeBlobs(input, SyncProtocol.MaximumBatches, out _);
        SyncProtocol.TryDecodeRangeRequest(input, out _, out _);
        SyncProtocol.TryDecodeRange(input, out _);
    }

    // Every reader in turn, whatever the bytes say.
    private static void RunMessagePack(byte[] input)
    {
        var reader = new MessagePackReader(input);
        for (int i = 0; i < 64 && !reader.End; i++)
        {
            int before = reader.Remaining;
            _ = reader.TryReadArrayHeader(1000, out _) || reader.TryReadBinary(1000, out _) || reader.TryReadString(1000, out _) || reader.TryReadUInt64(out _)
                || reader.TryReadInt64(out _) || reader.TryReadBoolean(out _) || reader.TryReadNil();
            if (reader.Remaining == before)
            {
                return;
            }
        }
    }
}
