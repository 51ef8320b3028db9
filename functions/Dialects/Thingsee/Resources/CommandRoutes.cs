using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Serverless.Dialects.Thingsee.Messages;
using Serverless.Domain;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Thingsee.Resources;

/// <summary>
/// things/{tuid}/commands: messages to a thing, and those that it was given. Each message is a command of its own, which the thing's answer with the same transactionId ends: the echo on the data
/// stream, not the answer here. Who gives no transactionId gets one, in the answer.
/// </summary>
internal sealed class CommandRoutes(Things things, CommandDirectory commands, TimeProvider time)
{
    private const string Path = "things/{name}/commands";
    private const int MostCommands = 100;
    private const int PageSize = 500;

    public IEnumerable<ThingseeRoute> All() =>
        [new ThingseeRoute("POST", Path, true, SendAsync), new ThingseeRoute("GET", Path, false, ListAsync)];

    private async Task<JsonNode> SendAsync(ThingseeRequest request)
    {
        if (await request.ReadJsonAsync() is not JsonArray { Count: > 0 and <= MostCommands } asked)
        {
            throw new DomainException(Refusal.Invalid, $"The body is an array of 1 to {MostCommands} messages.");
        }

        var thing = await things.GetAsync(request);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var messages = asked.Select(node => CommandMessage.Read(node, thing.Tuid(), now)).ToList();
        CheckTransactions(messages);

        // All are looked at before the first is given: a wrong one leaves nothing behind. One whose transaction somebody else takes at this very moment is refused alone; who sends the array again
        // gets the others as they are.
        var open = new List<Command?>();
        foreach (var message in messages)
        {
            open.Add(await FindOpenAsync(request, thing, message));
        }

        var given = new JsonArray();
        foreach (var (message, there) in messages.Zip(open))
        {
            given.Add(there is null ? await GiveAsync(request, thing, message) : MessageOf(there, thing));
        }

        return new JsonObject { ["responsible"] = request.Caller.User, ["commands"] = given };
    }

    /// <summary>
    /// The command that is open with the message's transaction: the same message sent again is the same command, as where the answer got lost. Another message may not have its transaction, for the
    /// echo of one would end the other. [I]
    /// </summary>
    /// <exception cref="DomainException">The transaction is another message's.</exception>
    private async Task<Command?> FindOpenAsync(ThingseeRequest request, DeviceTwin thing, JsonObject message)
    {
        if (CommandMessage.TransactionOf(message) is not { } transaction)
        {
            return null;
        }

        var found = await commands.FindByTransactionAsync(request.Tenant, thing.Id, Text(transaction), request.Cancellation);
        if (found is not { Value: { IsOpen: true } command })
        {
            return null;
        }

        return CommandMessage.AskTheSame(message, MessageOf(command, thing))
            ? command
            : throw new DomainException(Refusal.Exists, $"The thing has an open command with the transactionId {transaction}.");
    }

    private async Task<JsonObject> GiveAsync(ThingseeRequest request, DeviceTwin thing, JsonObject message)
    {
        var isChosen = CommandMessage.TransactionOf(message) is not null;
        while (true)
        {
            try
            {
                return await TryGiveAsync(request, thing, message.DeepClone().AsObject());
            }
            catch (DomainException taken) when (taken.Refusal == Refusal.Exists)
            {
                // Somebody was faster: the message is his command, or wrong, or gets another transaction.
                if (isChosen && await FindOpenAsync(request, thing, message) is { } there)
                {
                    return MessageOf(there, thing);
                }
            }
        }
    }

    private async Task<JsonObject> TryGiveAsync(ThingseeRequest request, DeviceTwin thing, JsonObject message)
    {
        var transaction = CommandMessage.TransactionOf(message) ?? await AllocateAsync(request, thing);
        message[ThingseeMessage.TransactionMember] = transaction;
        var command = new NewCommand
        {
            Device = thing.Id,
            Dialect = ThingseeMessage.Form,
            User = request.Caller.User,
            Payload = new JsonArray(message.DeepClone()),
            TransactionId = Text(transaction),
            UniqueTransaction = true,
            Expected = CommandMessage.ExpectedOf(message),
            Reply = CommandReply.Echo,
        };
        await commands.CreateAsync(request.Tenant, command, request.Cancellation);
        return message;
    }

    /// <summary>A transaction that no command of the thing has.</summary>
    private async Task<int> AllocateAsync(ThingseeRequest request, DeviceTwin thing)
    {
        while (true)
        {
            var transaction = RandomNumberGenerator.GetInt32(1, int.MaxValue);
            if (await commands.FindByTransactionAsync(request.Tenant, thing.Id, Text(transaction), request.Cancellation) is null)
            {
                return transaction;
            }
        }
    }

    /// <summary>
    /// What the thing was given, newest first, by any API; limit 0 or none is all. The member state is ours: queued, sent, acknowledged, failed or expired, with failure where it says why. A command of
    /// another API has its payload in a message with tsmId and tsmEv 0. [I]
    /// </summary>
    private async Task<JsonNode> ListAsync(ThingseeRequest request)
    {
        var limit = request.Number("limit", 0, int.MaxValue) is > 0 and var most ? most : int.MaxValue;
        var thing = await things.GetAsync(request);
        var found = new JsonArray();
        string? cursor = null;
        do
        {
            (var page, cursor) = await commands.ListAsync(
                request.Tenant,
                thing.Id,
                null,
                descending: true,
                Math.Min(limit - found.Count, PageSize),
                cursor,
                request.Cancellation
            );
            foreach (var command in page)
            {
                found.Add(Show(command.Value, thing));
            }
        } while (cursor is not null && found.Count < limit);

        return found;
    }

    private static JsonObject Show(Command command, DeviceTwin thing)
    {
        var shown = new JsonObject
        {
            ["tuid"] = thing.Tuid(),
            ["timestamp"] = command.Created.ToUnixTimeSeconds(),
            ["responsible"] = command.User,
            ["command"] = MessageOf(command, thing),
            ["state"] = command.State.ToString().ToLowerInvariant(),
        };
        if (command.Failure is { } failure)
        {
            shown["failure"] = failure;
        }

        return shown;
    }

    private static JsonObject MessageOf(Command command, DeviceTwin thing) =>
        command is { Dialect: ThingseeMessage.Form, Payload: JsonArray and [JsonObject message] }
            ? message.DeepClone().AsObject()
            : new JsonObject
            {
                ["tsmId"] = MessageHistory.Foreign,
                ["tsmEv"] = MessageHistory.Foreign,
                ["tsmTs"] = command.Created.ToUnixTimeSeconds(),
                ["tsmDstTuid"] = thing.Tuid(),
                ["payload"] = command.Payload.DeepClone(),
            };

    private static void CheckTransactions(List<JsonObject> messages)
    {
        var seen = new HashSet<int>();
        foreach (var transaction in messages.ConvertAll(CommandMessage.TransactionOf).OfType<int>())
        {
            if (!seen.Add(transaction))
            {
                throw DomainException.Invalid(
                    ThingseeMessage.TransactionMember,
                    $"Two messages have the transactionId {transaction}: the thing's answers could not be told apart."
                );
            }
        }
    }

    private static string Text(int transaction) => transaction.ToString(CultureInfo.InvariantCulture);
}
