using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Simulator.Faults;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>The turn: all inputs, the votes on the disk, then everything that is seen outside, then the log; and timers.</summary>
public partial class SimulatedNode
{
    /// <summary>Runs later in this life, not after a crash.</summary>
    public void Later(long microseconds, Action action)
    {
        long life = _life;
        Simulation.Clock.After(microseconds, () =>
        {
            if (life == _life && IsUp)
            {
                action();
            }
        });
    }

    private void Post(Input input)
    {
        _inbox.Enqueue(input);
        if (!_turnPending)
        {
            Turn();
        }
    }

    /// <summary>One turn: all inputs, and one sync if this node votes; the rest when the sync is through.</summary>
    private void Turn()
    {
        _turnPending = true;
        _turn.Clear();
        while (_inbox.TryDequeue(out Input? input))
        {
            _turn.AddRange(_core!.Step(input));
        }

        if (_turn.Count == 0)
        {
            _turnPending = false;
            return;
        }

        int signatures = 0;
        bool votes = false;
        bool writes = false;
        foreach (Effect effect in _turn)
        {
            switch (effect)
            {
                case Effect.Append append:
                    Disk.Append(append.Record);
                    writes = true;
                    Simulation.Checks.OnLogged(this, append.Record);
                    break;
                case Effect.SignVote sign:
                    signatures++;
                    votes |= Guard(sign.Statement);
                    break;
                case Effect.Finalized finalized:
                    _guard!.ObserveFinalization(finalized.Finalization.View);
                    break;
                default:
                    break;
            }
        }

        ProcessingModel processing = Simulation.Options.Processing;
        if ((votes || writes) && CrashAtWrite is { } crash)
        {
            if (crash.Where == CrashPoint.BeforeSend)
            {
                Disk.SyncVotes();
            }

            Simulation.CrashNow(this, crash.Length);
            return;
        }

        Later((votes ? processing.Sync : 0) + (signatures * processing.Sign), Finish);
    }

    private bool Guard(Statement statement)
    {
        VoteDecision decision = _guard!.Authorize(statement);
        if (decision == VoteDecision.Sign)
        {
            Disk.Append(new WalRecord.Voted(statement));
            Disk.Mark.Set(_guard.Watermark);
            return true;
        }

        if (decision != VoteDecision.SignAgain)
        {
            Simulation.Checks.OnHalt(this, $"guard refused {statement}: {decision}");
        }

        return false;
    }

    private void Finish()
    {
        if (Disk.IsFull && !Simulation.Options.IgnoresFullDisk)
        {
            // The sync is refused: nothing of this turn leaves, and only opening anew tells what the disk kept.
            Crash();
            return;
        }

        Disk.SyncVotes();

        // Executing may only post inputs for a later turn, never step: the list stays as it is.
        foreach (Effect effect in _turn)
        {
            Execute(effect);
            if (_core is null)
            {
                return;
            }
        }

        Simulation.Checks.OnTurn(this);
        if (Disk.IsLong || _turn.Exists(effect => effect is Effect.Finalized))
        {
            // Behind the sends: only the next turn waits for it.
            Later(Simulation.Options.Processing.Sync, () =>
            {
                if (Disk.IsFull && !Simulation.Options.IgnoresFullDisk)
                {
                    Crash();
                    return;
                }

                Disk.SyncLog();
                EndTurn();
            });
            return;
        }

        EndTurn();
    }

    private void EndTurn()
    {
        _turnPending = false;
        if (_inbox.Count > 0)
        {
            Turn();
        }
    }

    private void SetTimer(Effect.SetTimer timer)
    {
        long id = ++_timerIds;
        _timers[(int)timer.Kind] = id;
        Later((long)timer.Milliseconds * _timerPermille, () =>
        {
            if (_timers[(int)timer.Kind] == id)
            {
                Post(new Input.TimerFired(timer.Kind, timer.View));
            }
        });
    }
}
