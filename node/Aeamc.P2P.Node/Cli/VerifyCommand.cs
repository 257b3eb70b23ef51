using System.Buffers;
using System.CommandLine;
using Aeamc.P2P.Anchoring;
using Aeamc.P2P.Anchoring.Journal;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Cli;

/// <summary><c>aeamc verify</c>: a receipt proof, a signed checkpoint or an anchor journal, offline.</summary>
public static class VerifyCommand
{
    private const int MaximumBytes = 256 * 1024 * 1024;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    public static Command Build()
    {
        var file = new Argument<string>("file") { Description = "A receipt proof or signed checkpoint (binary, or hexadecimal text), or an anchors.journal." };
        var genesis = new Option<string>("--genesis") { Description = "The network's genesis file: names the network.", DefaultValueFactory = _ => "genesis.json" };
        var key = new Option<string>("--group-key") { Description = "The committee's group key, 66 hexadecimal digits, from a source you trust.", Required = true };
        var command = new Command("verify", "Check a proof without trusting any node. Exit code 0 only when it holds.\n\nExample: aeamc verify receipt.bin --genesis genesis.json --group-key 02ab...") { file, genesis, key };
        command.SetAction((parsed, _) => Terminal.RunAsync(() => Task.FromResult(Run(parsed.GetValue(file)!, parsed.GetValue(genesis)!, parsed.GetValue(key)!))));
        return command;
    }

    private static int Run(string file, string genesisFile, string groupKey)
    {
        if (groupKey.Length != 2 * SignedCheckpoint.GroupKeySize || groupKey.AsSpan().ContainsAnyExcept(HexDigits))
        {
            throw new OperatorException("--group-key: 66 hexadecimal digits are wanted, a compressed secp256k1 point.");
        }

        Ledger.GenesisDocument genesis = GenesisFile.Load(genesisFile);
        var trust = new TrustAnchor(genesis.NetworkId, genesis.ClusterId, Convert.FromHexString(groupKey));
        var signatures = CheckpointSignatureVerifier.Shared;
        if (Path.GetExtension(file) == ".journal")
        {
            return VerifyJournal(file, trust, signatures);
        }

        byte[] bytes = Read(file);
        if (ReceiptProof.TryDecode(bytes, out ReceiptProof? receipt))
        {
            return Tell(receipt.VerifyCheckpointed(trust, signatures), $"receipt in block {receipt.Header.Height} ({receipt.Header.ComputeHash()})");
        }

        var reader = new MessagePackReader(bytes);
        if (SignedCheckpoint.TryDecode(ref reader, out SignedCheckpoint? signed) && reader.End)
        {
            return Tell(signed.Verify(trust, signatures), $"checkpoint of block {signed.Checkpoint.Height} ({signed.Checkpoint.BlockHash})");
        }

        Console.Error.WriteLine($"aeamc: {file} is neither a receipt proof nor a signed checkpoint.");
        return ExitCode.Failure;
    }

    private static int VerifyJournal(string file, TrustAnchor trust, CheckpointSignatureVerifier signatures)
    {
        int count = 0;
        foreach (SignedCheckpoint signed in JournalReader.Read(file))
        {
            ProofVerdict verdict = signed.Verify(trust, signatures);
            if (verdict != ProofVerdict.Valid)
            {
                return Tell(verdict, $"checkpoint of block {signed.Checkpoint.Height} in the journal");
            }

            count++;
        }

        Console.WriteLine($"valid: {count} checkpoints in {file}");
        return count > 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static int Tell(ProofVerdict verdict, string what)
    {
        Console.WriteLine(verdict == ProofVerdict.Valid ? $"valid: {what}" : $"not valid ({verdict}): {what}");
        return verdict == ProofVerdict.Valid ? ExitCode.Success : ExitCode.Failure;
    }

    private static byte[] Read(string file)
    {
        if (new FileInfo(file) is { Exists: true, Length: > MaximumBytes })
        {
            throw new OperatorException($"{file} is too large to be a proof.");
        }

        byte[] bytes = File.ReadAllBytes(file);
        string text = System.Text.Encoding.ASCII.GetString(bytes).Trim();
        return text.Length > 0 && text.Length % 2 == 0 && !text.AsSpan().ContainsAnyExcept(HexDigits) ? Convert.FromHexString(text) : bytes;
    }
}
