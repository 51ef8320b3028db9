using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Domain;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Resources;

/// <summary>What devices are told to do, by whichever API, and what came of it.</summary>
internal sealed class CommandRoutes(DeviceDirectory devices, CommandDirectory commands, CommandEchoes echoes)
{
    private const string Collection = "/commands";
    private const string Item = "/commands/{id}";
    private const string OfDevice = "/devices/{id}/commands";

    private static readonly IReadOnlyList<QueryParameter> Filters =
    [
        new("state", OneOf(Enum.GetNames<CommandState>()).Saying("Commands in this state.")),
        new("dialect", Text(1, 64).Saying("Commands that came by this API.")),
        new("user", Text(1, 128).Saying("Commands that this user gave.")),
        new("order", OneOf("id", "-id").Default("-id").Saying("The oldest or the newest first.")),
        .. Pages.Parameters,
    ];

    public IEnumerable<ManagementRoute> All() =>
        [
            new("GET", Collection, "listCommands", Access.Reader, "List the commands of all devices", ListAsync)
            {
                Query = [new QueryParameter("device", Text(1).Saying("Commands of the device of this id or UUID.")), .. Filters],
                Response = Schemas.Components.PageOf("Command"),
            },
            new("GET", Item, "getCommand", Access.Reader, "Read a command", GetAsync) { Response = "Command", Tagged = true },
            new("DELETE", Item, "cancelCommand", Access.User, "Cancel a command that has not ended", CancelAsync)
            {
                Response = "Command",
                Tagged = true,
                Problems = [Problems.CommandEnded],
            },
            new("GET", OfDevice, "listDeviceCommands", Access.Reader, "List a device's commands", ListOfDeviceAsync)
            {
                Query = Filters,
                Response = Schemas.Components.PageOf("Command"),
            },
            new("POST", OfDevice, "createCommand", Access.User, "Give a device a command", CreateAsync)
            {
                Request = "NewCommand",
                Response = "Command",
                Status = 201,
                Tagged = true,
            },
        ];

    private async Task<Answer> ListAsync(ManagementRequest request)
    {
        // A device that is not there has no commands.
        var device = request.Query.Text("device") is { } name ? (await devices.FindByNameAsync(request, name))?.Value.Id ?? "" : null;
        return await ReadAsync(request, device);
    }

    private async Task<Answer> ListOfDeviceAsync(ManagementRequest request) =>
        await ReadAsync(request, (await devices.GetAsync(request)).Value.Id);

    private Task<Answer> ReadAsync(ManagementRequest request, string? device)
    {
        var terms = new[] { "state", "dialect", "user" }
            .Where(name => request.Query.Text(name) is not null)
            .Select(name => Filter.Eq(name, JsonValue.Create(request.Query.Text(name)!)))
            .ToList();
        var filter = terms.Count == 0 ? null : Filter.All(terms);
        var descending = request.Query.Text("order") != "id";
        return Pages.ReadAsync(
            request,
            (limit, cursor) => commands.ListAsync(request.Tenant, device, filter, descending, limit, cursor, request.Cancellation),
            stored => Show(stored.Value)
        );
    }

    private async Task<Answer> GetAsync(ManagementRequest request)
    {
        var stored = await commands.GetAsync(request.Tenant, request.Path("id"), request.Cancellation);
        return Answer.Ok(Show(stored.Value), stored.ETag);
    }

    private async Task<Answer> CreateAsync(ManagementRequest request)
    {
        var device = (await devices.GetAsync(request)).Value;
        var body = await request.ReadBodyAsync();
        var command = new NewCommand
        {
            Device = device.Id,
            Dialect = "management",
            User = request.Caller.User,
            Name = body.Text("name", Command.DefaultName)!,
            Payload = body["payload"]?.DeepClone() ?? throw DomainException.Invalid("payload", "A command has a payload that is not null."),
            Properties = body.Object("properties")?.ToDictionary(item => item.Key, item => item.Value!.GetValue<string>()) ?? [],
            TransactionId = body.Text("transactionId"),
            Expected = body.Object("expected"),
            Delivery = body.Text("delivery") is { } way ? Enum.Parse<CommandDelivery>(way) : null,
            Reply = Enum.Parse<CommandReply>(body.Text("reply", nameof(CommandReply.Response))!),
            Lifetime = body.Long("lifetimeSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            IdempotencyKey = body.Text("idempotencyKey"),
        };
        var stored = await commands.CreateAsync(request.Tenant, command, request.Cancellation);
        return Answer.Created(Show(stored.Value), $"{ManagementRoute.Prefix}{Collection}/{stored.Value.Id}", stored.ETag);
    }

    private async Task<Answer> CancelAsync(ManagementRequest request)
    {
        var id = request.Path("id");
        var stored =
            await echoes.CancelAsync(request.Tenant, id, $"Cancelled by {request.Caller.User}.", request.Cancellation)
            ?? throw new ProblemException(Problems.CommandEnded, $"The command '{id}' has ended: its outcome stands.");
        return Answer.Ok(Show(stored.Value), stored.ETag);
    }

    private static JsonObject Show(Command command)
    {
        var body = CommandJson.ToObject(command);
        body.Remove("due");
        return body;
    }
}
