using System.Text.Json;
using System.Text.Json.Nodes;
using Aeamc.P2P.Cryptography.Evm;

namespace Aeamc.P2P.Anchoring.Evm;

/// <summary>The calls of the Ethereum JSON-RPC (execution-apis) that anchoring needs. Each throws <see cref="EvmException"/>.</summary>
public sealed class EvmRpc : IDisposable
{
    private readonly JsonRpcClient _client;

    public EvmRpc(IReadOnlyList<Uri> urls, TimeProvider time)
    {
        _client = new JsonRpcClient(urls, time);
        Time = time;
    }

    /// <summary>The clock that waits on this chain go by.</summary>
    public TimeProvider Time { get; }

    /// <summary>Any other method, such as a development chain's own.</summary>
    public Task<JsonElement> CallAsync(string method, JsonArray parameters, CancellationToken cancellation) => _client.CallAsync(method, parameters, cancellation);

    public async Task<ulong> ChainIdAsync(CancellationToken cancellation) => (ulong)await QuantityAsync("eth_chainId", [], cancellation).ConfigureAwait(false);

    /// <summary>The newest block.</summary>
    public async Task<EvmBlock> LatestBlockAsync(CancellationToken cancellation)
    {
        const string method = "eth_getBlockByNumber";
        JsonElement block = await _client.CallAsync(method, ["latest", false], cancellation).ConfigureAwait(false);
        return new EvmBlock(Number(method, block, "number"), block.TryGetProperty("baseFeePerGas", out JsonElement fee) ? Quantity(method, fee) : null);
    }

    /// <summary>The price of gas a legacy transaction should offer, in wei.</summary>
    public Task<UInt128> GasPriceAsync(CancellationToken cancellation) => QuantityAsync("eth_gasPrice", [], cancellation);

    /// <summary>The tip that gets a transaction included soon, in wei.</summary>
    public Task<UInt128> PriorityFeeAsync(CancellationToken cancellation) => QuantityAsync("eth_maxPriorityFeePerGas", [], cancellation);

    /// <summary>In wei.</summary>
    public Task<UInt128> BalanceAsync(EvmAddress account, CancellationToken cancellation) =>
        QuantityAsync("eth_getBalance", [account.ToString(), "latest"], cancellation);

    /// <summary>How many of the account's transactions are in blocks.</summary>
    public async Task<ulong> NonceAsync(EvmAddress account, CancellationToken cancellation) =>
        (ulong)await QuantityAsync("eth_getTransactionCount", [account.ToString(), "latest"], cancellation).ConfigureAwait(false);

    /// <summary>Whether the address holds a contract.</summary>
    public async Task<bool> HasCodeAsync(EvmAddress address, CancellationToken cancellation) =>
        (await DataAsync("eth_getCode", [address.ToString(), "latest"], cancellation).ConfigureAwait(false)).Length > 0;

    /// <summary>What a contract's function returns at the newest block.</summary>
    public Task<byte[]> ReadAsync(EvmAddress contract, byte[] data, CancellationToken cancellation) =>
        DataAsync("eth_call", [new JsonObject { ["to"] = contract.ToString(), ["data"] = Hex.Data(data) }, "latest"], cancellation);

    /// <summary>How much gas a transaction would take; a revert is an <see cref="EvmRpcException"/> with its data.</summary>
    public async Task<ulong> EstimateGasAsync(EvmAddress from, EvmAddress? to, byte[] data, CancellationToken cancellation)
    {
        var call = new JsonObject { ["from"] = from.ToString(), ["data"] = Hex.Data(data) };
        if (to is { } receiver)
        {
            call["to"] = receiver.ToString();
        }

        // Not on top of the pool, where the transaction to be replaced may be: the same anchor twice takes little gas the second time.
        return (ulong)await QuantityAsync("eth_estimateGas", [call, "latest"], cancellation).ConfigureAwait(false);
    }

    /// <summary>Hands a transaction to the chain's pool.</summary>
    public Task SendAsync(SignedTransaction transaction, CancellationToken cancellation) =>
        _client.CallAsync("eth_sendRawTransaction", [Hex.Data(transaction.Raw.Span)], cancellation);

    /// <summary>Whether the endpoint holds the transaction, in its pool or in a block.</summary>
    public async Task<bool> KnowsAsync(string transaction, CancellationToken cancellation) =>
        (await _client.CallAsync("eth_getTransactionByHash", [transaction], cancellation).ConfigureAwait(false)).ValueKind != JsonValueKind.Null;

    /// <summary>Null while the transaction is in no block.</summary>
    public async Task<EvmReceipt?> ReceiptAsync(string transaction, CancellationToken cancellation)
    {
        const string method = "eth_getTransactionReceipt";
        JsonElement receipt = await _client.CallAsync(method, [transaction], cancellation).ConfigureAwait(false);
        if (receipt.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return new EvmReceipt(
            Number(method, receipt, "status") == 1,
            Number(method, receipt, "blockNumber"),
            Number(method, receipt, "gasUsed"),
            EvmAddress.TryParse(Text(receipt, "from"), out EvmAddress from) ? from : throw Odd(method),
            EvmAddress.TryParse(Text(receipt, "contractAddress"), out EvmAddress made) ? made : null);
    }

    /// <summary>A contract's events in a range of blocks, both ends included, in order; <paramref name="topics"/> are matched from the first.</summary>
    public async Task<IReadOnlyList<EvmLog>> LogsAsync(
        EvmAddress contract, IReadOnlyList<byte[]> topics, ulong fromBlock, ulong toBlock, CancellationToken cancellation)
    {
        const string method = "eth_getLogs";
        var filter = new JsonObject
        {
            ["address"] = contract.ToString(),
            ["fromBlock"] = Hex.Quantity(fromBlock),
            ["toBlock"] = Hex.Quantity(toBlock),
            ["topics"] = new JsonArray([.. topics.Select(topic => JsonValue.Create(Hex.Data(topic)))]),
        };
        JsonElement answer = await _client.CallAsync(method, [filter], cancellation).ConfigureAwait(false);
        if (answer.ValueKind != JsonValueKind.Array)
        {
            throw Odd(method);
        }

        var logs = new List<EvmLog>(answer.GetArrayLength());
        foreach (JsonElement log in answer.EnumerateArray())
        {
            if (log.ValueKind != JsonValueKind.Object || !log.TryGetProperty("topics", out JsonElement words) || words.ValueKind != JsonValueKind.Array
                || Text(log, "transactionHash") is not { } transaction)
            {
                throw Odd(method);
            }

            byte[][] values = [.. words.EnumerateArray().Select(word => Data(method, word))];
            logs.Add(new EvmLog(values, Data(method, log.GetProperty("data")), Number(method, log, "blockNumber"), transaction));
        }

        return logs;
    }

    public void Dispose() => _client.Dispose();

    private async Task<UInt128> QuantityAsync(string method, JsonArray parameters, CancellationToken cancellation) =>
        Quantity(method, await _client.CallAsync(method, parameters, cancellation).ConfigureAwait(false));

    private async Task<byte[]> DataAsync(string method, JsonArray parameters, CancellationToken cancellation) =>
        Data(method, await _client.CallAsync(method, parameters, cancellation).ConfigureAwait(false));

    private static ulong Number(string method, JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out JsonElement value)
            && Quantity(method, value) is var number && number <= ulong.MaxValue ? (ulong)number : throw Odd(method);

    private static UInt128 Quantity(string method, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && Hex.TryQuantity(value.GetString(), out UInt128 number) ? number : throw Odd(method);

    private static byte[] Data(string method, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && Hex.TryData(value.GetString(), out byte[] bytes) ? bytes : throw Odd(method);

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static EvmUnavailableException Odd(string method) => new($"{method} was answered in a form that is not the Ethereum JSON-RPC's");
}
