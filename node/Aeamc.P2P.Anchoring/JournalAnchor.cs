using System.Globalization;
using System.Threading.Channels;
using Aeamc.P2P.Anchoring.Journal;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Anchoring;

/// <summary>
/// The anchor where no chain is configured: the same certificates appended to a local file, each on the disk before it is reported. Read them
/// with <see cref="JournalReader"/>.
/// </summary>
public sealed class JournalAnchor : IAnchor
{
    private const int QueueLength = 256;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    // Full only while the disk refuses; then the oldest goes, for a newer certificate proves all that it proved.
    private readonly Channel<SignedCheckpoint> _offered =
        Channel.CreateBounded<SignedCheckpoint>(new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly CancellationTokenSource _stop = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Action<string> _log;
    private FileStream? _file;
    private Task _work = Task.CompletedTask;
    private Height? _newest;
    private int _lines;
    private volatile string _state = "not started";

    /// <param name="path">The journal; made when missing, in a folder that exists.</param>
    /// <param name="time">Paces the retries when the disk refuses.</param>
    /// <param name="log">Takes one line for each trouble.</param>
    public JournalAnchor(string path, TimeProvider time, Action<string>? log = null)
    {
        _path = Path.GetFullPath(path);
        _time = time;
        _log = log ?? (_ => { });
    }

    public event Action<AnchorConfirmation>? Confirmed;

    public string State => _state;

    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="JournalException">The file is no journal.</exception>
    public void Start()
    {
        _file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        foreach (SignedCheckpoint signed in JournalReader.Read(_file, _path))
        {
            _newest = signed.Checkpoint.Height;
            _lines++;
        }

        // What follows the last whole line was never reported as anchored.
        _file.SetLength(_file.Position);
        _state = Describe();
        _work = Task.Run(() => WorkAsync(_file, _stop.Token));
    }

    public void Offer(SignedCheckpoint newest) => _offered.Writer.TryWrite(newest);

    public async ValueTask DisposeAsync()
    {
        // What was offered is still written; only a disk that refuses is given up.
        _offered.Writer.TryComplete();
        _stop.CancelAfter(RetryAfter);
        await _work.ConfigureAwait(false);
        _stop.Dispose();
        _file?.Dispose();
    }

    private async Task WorkAsync(FileStream file, CancellationToken stop)
    {
        try
        {
            await foreach (SignedCheckpoint signed in _offered.Reader.ReadAllAsync(stop).ConfigureAwait(false))
            {
                if (_newest is { } newest && signed.Checkpoint.Height <= newest)
                {
                    continue;
                }

                byte[] line = JournalFormat.Line(signed);
                while (!TryAppend(file, line))
                {
                    await Task.Delay(RetryAfter, _time, stop).ConfigureAwait(false);
                }

                _newest = signed.Checkpoint.Height;
                _lines++;
                _state = Describe();
                Report(new AnchorConfirmation("journal", signed.Checkpoint, _lines.ToString(CultureInfo.InvariantCulture), Gas: 0, SentByUs: true));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _state = "stopped";
        }
    }

    private bool TryAppend(FileStream file, byte[] line)
    {
        long start = file.Position;
        try
        {
            file.Write(line);
            file.Flush(flushToDisk: true);
            return true;
        }
        catch (IOException refusal)
        {
            // A part may have been written; the next try starts at the same place and covers it.
            file.Position = start;
            _state = $"cannot write {_path}: {refusal.Message} Free some space; it is tried again every {RetryAfter.TotalSeconds:0} s.";
            _log(_state);
            return false;
        }
    }

    private void Report(AnchorConfirmation confirmation)
    {
        try
        {
            Confirmed?.Invoke(confirmation);
        }
        catch (Exception fault)
        {
            _log($"A listener failed on the anchor at height {confirmation.Checkpoint.Height}: {fault}");
        }
    }

    private string Describe() => _newest is { } newest ? $"{_lines} checkpoints in {_path}, the newest at height {newest}" : $"no checkpoint yet in {_path}";
}
