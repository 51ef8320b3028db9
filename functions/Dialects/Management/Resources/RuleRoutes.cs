using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Dialects.Management.Schemas;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Rules;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Management.Resources;

/// <summary>Thresholds on measurements, and on their silence: what raises alarms and events.</summary>
internal sealed class RuleRoutes(RuleDirectory rules, DeviceDirectory devices)
{
    private const string Collection = "/rules";
    private const string Item = "/rules/{id}";

    public IEnumerable<ManagementRoute> All() =>
        [
            new("GET", Collection, "listRules", Access.Reader, "List rules", ListAsync)
            {
                Query = Pages.Parameters,
                Response = Components.PageOf("Rule"),
            },
            new("POST", Collection, "createRule", Access.User, "Create a rule", CreateAsync)
            {
                Request = "NewRule",
                Response = "Rule",
                Status = 201,
                Tagged = true,
            },
            new("GET", Item, "getRule", Access.Reader, "Read a rule", GetAsync) { Response = "Rule", Tagged = true },
            new(
                "PATCH",
                Item,
                "patchRule",
                Access.User,
                "Change a rule by a merge patch; where it then watches something else, it begins anew with every device, and its alarms are cleared",
                PatchAsync
            )
            {
                Request = "RulePatch",
                Response = "Rule",
                Tagged = true,
                Conditional = true,
            },
            new("DELETE", Item, "deleteRule", Access.User, "Delete a rule", DeleteAsync) { Status = 204, Conditional = true },
        ];

    private Task<Answer> ListAsync(ManagementRequest request) =>
        Pages.ReadAsync(
            request,
            (limit, cursor) => rules.ListAsync(request.Tenant, null, limit, cursor, request.Cancellation),
            rule => RuleJson.ToObject(rule.Value)
        );

    private async Task<Answer> CreateAsync(ManagementRequest request)
    {
        var change = await ReadAsync(request, JsonMerge.Apply(Defaults(), Expanded(await request.ReadBodyAsync())));
        var stored = await rules.CreateAsync(request.Tenant, change, request.Cancellation);
        var location = $"{ManagementRoute.Prefix}{Collection}/{stored.Value.Id}";
        return Answer.Created(RuleJson.ToObject(stored.Value), location, stored.ETag);
    }

    private async Task<Answer> GetAsync(ManagementRequest request)
    {
        var stored = await rules.GetAsync(request.Tenant, request.Path("id"), request.Cancellation);
        return Answer.Ok(RuleJson.ToObject(stored.Value), stored.ETag);
    }

    private async Task<Answer> PatchAsync(ManagementRequest request)
    {
        var old = await FindOwnAsync(request);
        var seen = request.IfMatch(old.ETag);
        var patch = Expanded(await request.ReadBodyAsync());
        var change = await ReadAsync(request, Patched(old.Value, patch));
        var stored = await rules.UpdateAsync(request.Tenant, old.Value.Id, rule => Merge(rule, patch, change), seen, request.Cancellation);
        return Answer.Ok(RuleJson.ToObject(stored.Value), stored.ETag);
    }

    private async Task<Answer> DeleteAsync(ManagementRequest request)
    {
        var old = await FindOwnAsync(request);
        await rules.DeleteAsync(request.Tenant, old.Value.Id, request.IfMatch(old.ETag), request.Cancellation);
        return Answer.NoContent;
    }

    /// <summary>The patch applied to the rule that is there now, with the device that the patch names found already.</summary>
    private static RuleChange Merge(Rule rule, JsonObject patch, RuleChange read)
    {
        var change = Change(Patched(rule, patch));
        return patch.ContainsKey("scope") ? change with { Scope = read.Scope } : change;
    }

    private static JsonObject Patched(Rule rule, JsonObject patch) => JsonMerge.Apply(RuleJson.ToObject(rule), patch);

    /// <summary>What was sent, with the measurement and the field of its path where it names neither.</summary>
    private static JsonObject Expanded(JsonObject sent)
    {
        if (sent["path"] is JsonValue path && !sent.ContainsKey("measurement") && !sent.ContainsKey("field"))
        {
            (sent["measurement"], sent["field"]) = RulePath.Parse(path.GetValue<string>());
        }

        return sent;
    }

    private static JsonObject Defaults() =>
        new()
        {
            ["enabled"] = true,
            ["scope"] = new JsonObject(),
            ["field"] = Readings.ValueField,
        };

    /// <summary>A rule that this API may change.</summary>
    private async Task<Stored<Rule>> FindOwnAsync(ManagementRequest request)
    {
        var rule = await rules.GetAsync(request.Tenant, request.Path("id"), request.Cancellation);
        return rule.Value.Dialect is { } dialect
            ? throw new DomainException(Refusal.Forbidden, $"The rule belongs to the API {dialect}, which alone changes it.")
            : rule;
    }

    private static RuleChange Change(JsonObject body)
    {
        if (!body.ContainsKey("measurement"))
        {
            throw DomainException.Invalid("measurement", "A rule has a measurement or a path.");
        }

        // A merge patch may leave out what is there; what is nowhere is not guessed.
        Require(body, "condition", "operator");
        if (body["condition"] is JsonObject condition && condition["text"] is null)
        {
            Require(body, "condition", "threshold");
        }

        Require(body, "alarm", "type");
        Require(body, "alarm", "severity");
        try
        {
            return body.Deserialize(RuleJson.Default.RuleChange)!;
        }
        catch (JsonException wrong)
        {
            throw DomainException.Invalid("condition", wrong.Message);
        }
    }

    private static void Require(JsonObject body, string part, string member)
    {
        if (body[part] is JsonObject given && !given.ContainsKey(member))
        {
            throw DomainException.Invalid($"{part}.{member}", "It is missing.");
        }
    }

    /// <summary>A rule as a body has it; its device may be named by id or UUID.</summary>
    private async Task<RuleChange> ReadAsync(ManagementRequest request, JsonObject body)
    {
        var change = Change(body);
        if (change.Scope.Device is not { } name)
        {
            return change;
        }

        var device =
            await devices.FindByNameAsync(request, name) ?? throw DomainException.Invalid("scope", $"There is no device '{name}'.");
        return change with { Scope = change.Scope with { Device = device.Value.Id } };
    }
}
