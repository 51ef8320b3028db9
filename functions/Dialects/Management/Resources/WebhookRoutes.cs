using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Dialects.Management.Schemas;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Webhooks;

namespace Serverless.Dialects.Management.Resources;

/// <summary>The endpoints that a tenant's events are sent to. A secret is shown once, in the answer of the request that sets it; values of headers never are.</summary>
internal sealed class WebhookRoutes(WebhookDirectory webhooks, DeviceDirectory devices)
{
    private const string Collection = "/webhooks";
    public const string Item = "/webhooks/{id}";

    public IEnumerable<ManagementRoute> All() =>
        [
            new("GET", Collection, "listWebhooks", Access.Admin, "List webhooks", ListAsync)
            {
                Query = Pages.Parameters,
                Response = Components.PageOf("Webhook"),
            },
            new("POST", Collection, "createWebhook", Access.Admin, "Create a webhook and ask its endpoint for its consent", CreateAsync)
            {
                Request = "NewWebhook",
                Response = "CreatedWebhook",
                Status = 201,
                Tagged = true,
            },
            new("GET", Item, "getWebhook", Access.Admin, "Read a webhook", GetAsync) { Response = "Webhook", Tagged = true },
            new(
                "PATCH",
                Item,
                "patchWebhook",
                Access.Admin,
                "Change a webhook by a merge patch; another endpoint is asked anew",
                PatchAsync
            )
            {
                Request = "WebhookPatch",
                Response = "Webhook",
                Tagged = true,
                Conditional = true,
            },
            new("DELETE", Item, "deleteWebhook", Access.Admin, "Delete a webhook", DeleteAsync) { Status = 204, Conditional = true },
            new("POST", $"{Item}/secret", "rotateWebhookSecret", Access.Admin, "Give a webhook another secret", RotateAsync)
            {
                Request = "NewWebhookSecret",
                RequestOptional = true,
                Response = "CreatedWebhook",
                Tagged = true,
                Conditional = true,
            },
            new(
                "POST",
                $"{Item}/enable",
                "enableWebhook",
                Access.Admin,
                "Ask the endpoint for its consent and enable the webhook",
                EnableAsync
            )
            {
                Response = "Webhook",
                Tagged = true,
                Conditional = true,
            },
            new(
                "GET",
                $"{Item}/consents/{{tenant}}/{{code}}",
                "consentToWebhook",
                Access.Anonymous,
                "Consent in the place of an endpoint: the validationUrl of Event Grid's validation event",
                ConsentAsync
            )
            {
                InTenant = false,
                Response = "WebhookConsent",
            },
            new(
                "POST",
                $"{Item}/disable",
                "disableWebhook",
                Access.Admin,
                "Disable a webhook; what is on its way becomes dead letters",
                DisableAsync
            )
            {
                Response = "Webhook",
                Tagged = true,
                Conditional = true,
            },
        ];

    private Task<Answer> ListAsync(ManagementRequest request) =>
        Pages.ReadAsync(
            request,
            (limit, cursor) => webhooks.ListAsync(request.Tenant, limit, cursor, request.Cancellation),
            webhook => Show(webhook.Value)
        );

    private async Task<Answer> CreateAsync(ManagementRequest request)
    {
        var body = await request.ReadBodyAsync();
        var made = new NewWebhook
        {
            Url = body.Text("url")!,
            Description = body.Text("description", "")!,
            Types = body.Texts("types", []),
            Devices = await DevicesAsync(request, body) ?? [],
            Groups = body.Texts("groups", []),
            Headers = Headers(new Dictionary<string, string>(), body),
            Secret = body.Text("secret"),
            Handshake = Enum.Parse<WebhookHandshake>(body.Text("handshake", nameof(WebhookHandshake.CloudEvents))!),
            Form = body.Text("form", CloudEventsForm.FormName)!,
            Enabled = body.Flag("enabled", absent: true),
        };
        var stored = await webhooks.CreateAsync(request.Tenant, made, ConsentUrlOf(request), request.Cancellation);
        var location = $"{ManagementRoute.Prefix}{Collection}/{stored.Value.Id}";
        return Answer.Created(ShowWithSecret(stored.Value), location, stored.ETag);
    }

    private async Task<Answer> GetAsync(ManagementRequest request)
    {
        var stored = await webhooks.GetAsync(request.Tenant, request.Path("id"), request.Cancellation);
        return Answer.Ok(Show(stored.Value), stored.ETag);
    }

    private async Task<Answer> PatchAsync(ManagementRequest request)
    {
        var (id, seen) = await FindAsync(request);
        var patch = await request.ReadBodyAsync();
        if (patch.Any(member => member.Key != "headers"))
        {
            await RequireOwnAsync(request);
        }

        var named = await DevicesAsync(request, patch);
        return Answered(
            await webhooks.UpdateAsync(
                request.Tenant,
                id,
                webhook =>
                    webhook with
                    {
                        Url = patch.Text("url", webhook.Url)!,
                        Description = patch.Text("description", webhook.Description)!,
                        Types = patch.Texts("types", webhook.Types),
                        Devices = named ?? webhook.Devices,
                        Groups = patch.Texts("groups", webhook.Groups),
                        Headers = Headers(webhook.Headers, patch),
                        Handshake = Enum.Parse<WebhookHandshake>(patch.Text("handshake", webhook.Handshake.ToString())!),
                        Form = patch.Text("form", webhook.Form)!,
                    },
                ConsentUrlOf(request),
                seen,
                request.Cancellation
            )
        );
    }

    private async Task<Answer> DeleteAsync(ManagementRequest request)
    {
        var (id, seen) = await FindAsync(request);
        await RequireOwnAsync(request);
        await webhooks.DeleteAsync(request.Tenant, id, seen, request.Cancellation);
        return Answer.NoContent;
    }

    private async Task<Answer> RotateAsync(ManagementRequest request)
    {
        var (id, seen) = await FindAsync(request);
        var body = await request.ReadBodyAsync();
        TimeSpan? overlap = body.Long("overlapSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        var stored = await webhooks.RotateAsync(request.Tenant, id, body.Text("secret"), overlap, seen, request.Cancellation);
        return Answer.Ok(ShowWithSecret(stored.Value), stored.ETag);
    }

    private async Task<Answer> EnableAsync(ManagementRequest request)
    {
        var (id, seen) = await FindAsync(request);
        return Answered(await webhooks.EnableAsync(request.Tenant, id, ConsentUrlOf(request), seen, request.Cancellation));
    }

    private async Task<Answer> DisableAsync(ManagementRequest request)
    {
        var (id, seen) = await FindAsync(request);
        var reason = $"Disabled by {request.Caller.User}.";
        return Answered(
            await webhooks.UpdateAsync(
                request.Tenant,
                id,
                webhook => WebhookDirectory.Disabled(webhook, reason),
                null,
                seen,
                request.Cancellation
            )
        );
    }

    private async Task<Answer> ConsentAsync(ManagementRequest request)
    {
        var webhook = await webhooks.ConsentAsync(request.Path("tenant"), request.Path("id"), request.Path("code"), request.Cancellation);
        return Answer.Ok(new JsonObject { ["webhook"] = webhook.Value.Id, ["state"] = webhook.Value.State.ToString() });
    }

    /// <summary>Under the address that the caller has asked.</summary>
    private static ConsentUrl ConsentUrlOf(ManagementRequest request) =>
        (tenant, id, code) => $"{request.Root}{ManagementRoute.Prefix}{Collection}/{id}/consents/{Uri.EscapeDataString(tenant)}/{code}";

    private async ValueTask<(string Id, string? Seen)> FindAsync(ManagementRequest request)
    {
        var stored = await webhooks.GetAsync(request.Tenant, request.Path("id"), request.Cancellation);
        return (stored.Value.Id, request.IfMatch(stored.ETag));
    }

    /// <summary>What belongs to a single rule is the affair of the API that has made both, but for secret, headers and state.</summary>
    private async Task RequireOwnAsync(ManagementRequest request)
    {
        var stored = await webhooks.GetAsync(request.Tenant, request.Path("id"), request.Cancellation);
        if (stored.Value.Rule is { } rule)
        {
            throw new DomainException(
                Refusal.Forbidden,
                $"The webhook belongs to the rule {rule}, whose API alone changes it; secret, headers and state are yours."
            );
        }
    }

    /// <summary>The ids of the devices that a body names by id or UUID, or null where it names none.</summary>
    private async Task<IReadOnlyList<string>?> DevicesAsync(ManagementRequest request, JsonObject body)
    {
        if (!body.ContainsKey("devices"))
        {
            return null;
        }

        var ids = new List<string>();
        foreach (var name in body.Texts("devices", []).Distinct())
        {
            var device =
                await devices.FindByNameAsync(request, name) ?? throw DomainException.Invalid("devices", $"There is no device '{name}'.");
            ids.Add(device.Value.Id);
        }

        return ids;
    }

    /// <summary>Headers with a merge patch applied; names are the same in upper and lower case.</summary>
    private static Dictionary<string, string> Headers(IReadOnlyDictionary<string, string> headers, JsonObject body)
    {
        var result = new Dictionary<string, string>(headers, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in body.Object("headers") ?? [])
        {
            result.Remove(name);
            if (value is not null)
            {
                result[name] = value.GetValue<string>();
            }
        }

        return result;
    }

    private static Answer Answered(Stored<Webhook> stored) => Answer.Ok(Show(stored.Value), stored.ETag);

    private static JsonObject ShowWithSecret(Webhook webhook)
    {
        var body = Show(webhook);
        body["secret"] = webhook.Secrets[0].Value;
        return body;
    }

    private static JsonObject Show(Webhook webhook) =>
        new()
        {
            ["id"] = webhook.Id,
            ["url"] = webhook.Url,
            ["description"] = webhook.Description,
            ["types"] = JsonMembers.ToArray(webhook.Types),
            ["devices"] = JsonMembers.ToArray(webhook.Devices),
            ["groups"] = JsonMembers.ToArray(webhook.Groups),
            ["headerNames"] = JsonMembers.ToArray(webhook.Headers.Keys),
            ["secrets"] = new JsonArray([
                .. webhook.Secrets.Select(secret => new JsonObject { ["created"] = secret.Created, ["ends"] = secret.Ends }),
            ]),
            ["state"] = webhook.State.ToString(),
            ["reason"] = webhook.Reason,
            ["handshake"] = webhook.Handshake.ToString(),
            ["form"] = webhook.Form,
            ["allowedRate"] = webhook.AllowedRate,
            ["rule"] = webhook.Rule,
            ["failingSince"] = webhook.FailingSince,
            ["created"] = webhook.Created,
            ["updated"] = webhook.Updated,
        };
}
