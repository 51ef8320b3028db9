using System.Text.Json.Nodes;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Rules;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Users;
using Serverless.Domain.Webhooks;

namespace Serverless.Dialects.Tests.Management;

/// <summary>What holds for every route of the document.</summary>
public sealed class ContractTests(ManagementCloud cloud) : IClassFixture<ManagementCloud>
{
    [Fact]
    public async Task Every_route_of_the_document_exists_and_refuses_anonymous_callers()
    {
        var routes = await ReadRoutesAsync();
        Assert.True(routes.Count > 30);
        foreach (var (method, path, _) in routes)
        {
            var reply = await cloud.SendAsync(null, method, path.Replace('{', 'x').Replace('}', 'x'));
            if (path.Contains("/consents/", StringComparison.Ordinal))
            {
                // Whoever calls it proves himself by the code in its path.
                Assert.Equal("/problems/not-found", reply.Problem);
                continue;
            }

            Assert.True(reply.Status == 401, $"{method} {path}: {reply.Status}");
            Assert.Equal("/problems/unauthenticated", reply.Problem);
            Assert.StartsWith("Bearer", reply.Headers["WWW-Authenticate"]);
        }
    }

    [Fact]
    public async Task Every_route_answers_404_to_another_tenants_ids()
    {
        var ids = await CreateOthersAsync();
        foreach (var (method, path, operation) in (await ReadRoutesAsync()).Where(route => route.Path.Contains('{')))
        {
            var concrete = path.Replace("{tenant}", ManagementCloud.Other).Replace("{purpose}", "api");
            foreach (var (collection, id) in ids)
            {
                concrete = concrete.StartsWith($"/api/v1/{collection}/", StringComparison.Ordinal)
                    ? concrete.Replace("{id}", id).Replace("{name}", id)
                    : concrete;
            }

            var body = operation["requestBody"] is null ? null : "{}";
            var reply = await cloud.SendAsync("admin", method, concrete, body);
            Assert.True(reply.Status == 404, $"{method} {concrete}: {reply.Status} {reply.Text}");
            Assert.Equal("/problems/not-found", reply.Problem);
        }

        foreach (var (collection, id) in ids)
        {
            var stranger = await cloud.SendAsync("stranger", "GET", $"/api/v1/{collection}/{id}");
            Assert.Equal(200, stranger.Status);
        }
    }

    [Fact]
    public async Task Every_route_of_a_tenant_answers_404_where_another_tenant_is_named()
    {
        foreach (var (method, path, operation) in (await ReadRoutesAsync()).Where(route => IsInTenant(route.Operation)))
        {
            var concrete = path.Replace('{', 'x').Replace('}', 'x');
            var body = operation["requestBody"] is null ? null : "{}";
            foreach (var tenant in new[] { ManagementCloud.Other, "no-such", "$system" })
            {
                var reply = await cloud.SendAsync("admin", method, $"{concrete}?tenant={tenant}", body);
                Assert.True(reply.Status == 404, $"{method} {concrete}: {reply.Status} {reply.Text}");
            }
        }
    }

    [Fact]
    public async Task Every_route_refuses_roles_below_its_own()
    {
        string[] ladder = ["nobody", "reader", "user", "admin"];
        string[] roles = ["anonymous", "reader", "user", "admin", "operator"];
        foreach (var (method, path, operation) in await ReadRoutesAsync())
        {
            var needed = Array.IndexOf(roles, operation["x-role"]?.GetValue<string>() ?? "anonymous");
            foreach (var caller in ladder.Take(needed))
            {
                var reply = await cloud.SendAsync(caller, method, path.Replace('{', 'x').Replace('}', 'x'));
                Assert.True(reply.Status == 403, $"{caller}: {method} {path}: {reply.Status}");
                Assert.Equal("/problems/forbidden", reply.Problem);
            }
        }
    }

    [Fact]
    public async Task Every_route_lets_its_own_role_in()
    {
        foreach (var (method, path, operation) in await ReadRoutesAsync())
        {
            if (operation["x-role"]?.GetValue<string>() is { } role)
            {
                var reply = await cloud.SendAsync(role, method, path.Replace("{tenant}", "x").Replace('{', 'x').Replace('}', 'x'));
                Assert.True(reply.Status is not (401 or 403 or >= 500), $"{role}: {method} {path}: {reply.Status}");
            }
        }
    }

    [Fact]
    public async Task The_document_refers_only_to_what_it_defines()
    {
        var reply = await cloud.SendAsync(null, "GET", "/openapi/v1.json");
        var schemas = reply.Json["components"]!["schemas"]!.AsObject();
        var references = reply.Text.Split("\"#/components/schemas/").Skip(1).Select(rest => rest[..rest.IndexOf('"')]).ToList();

        Assert.Equal("3.1.0", reply.Json["openapi"]!.GetValue<string>());
        Assert.All(references, name => Assert.True(schemas.ContainsKey(name), name));
        Assert.Empty(schemas.Select(schema => schema.Key).Except(references));
    }

    [Fact]
    public async Task Operation_ids_are_unique()
    {
        var ids = (await ReadRoutesAsync()).Select(route => route.Operation["operationId"]!.GetValue<string>()).ToList();

        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    private static bool IsInTenant(JsonObject operation) =>
        operation["parameters"] is JsonArray parameters
        && parameters.Any(p => p!["name"]!.GetValue<string>() == "tenant" && p["in"]!.GetValue<string>() == "query");

    private async Task<List<(string Method, string Path, JsonObject Operation)>> ReadRoutesAsync()
    {
        var document = (await cloud.SendAsync(null, "GET", "/openapi/v1.json")).Json;
        return
        [
            .. document["paths"]!
                .AsObject()
                .SelectMany(path => path.Value!.AsObject().Select(one => (one.Key.ToUpperInvariant(), path.Key, one.Value!.AsObject()))),
        ];
    }

    private async Task<Dictionary<string, string>> CreateOthersAsync()
    {
        var device = await cloud.CreateDeviceAsync(ManagementCloud.Other, new NewDevice { Name = "theirs" });
        var user = await cloud.CreateUserAsync(ManagementCloud.Other, new UserChange { ApiToken = $"token-{Guid.NewGuid()}" });
        var client = $"client-{Guid.NewGuid():N}";
        await cloud.Clients.CreateAsync(ManagementCloud.Other, client, "their secret", CancellationToken.None);
        var message = new DeviceMessage(
            "x",
            "?"u8.ToArray(),
            DateTimeOffset.UtcNow,
            MessageSource.Telemetry,
            DeviceMessage.NoProperties,
            DeviceMessage.NoProperties
        );
        var letter = DeadLetters.Of(message, "no JSON");
        await cloud.DeadLetters.AddAsync(ManagementCloud.Other, [letter], CancellationToken.None);
        var command = await cloud.Commands.CreateAsync(
            ManagementCloud.Other,
            new NewCommand
            {
                Device = device.Id,
                Dialect = "management",
                Payload = JsonValue.Create(1),
            },
            CancellationToken.None
        );
        var webhook = await cloud.Webhooks.CreateAsync(
            ManagementCloud.Other,
            new NewWebhook { Url = "https://example.com/" },
            null,
            CancellationToken.None
        );
        var rule = await cloud.Rules.CreateAsync(
            ManagementCloud.Other,
            new RuleChange
            {
                Name = "theirs",
                Measurement = "m",
                SilenceSeconds = 60,
            },
            CancellationToken.None
        );
        return new Dictionary<string, string>
        {
            ["rules"] = rule.Value.Id,
            ["webhooks"] = webhook.Value.Id,
            ["devices"] = device.Id,
            ["users"] = user.Value.Name,
            ["clients"] = client,
            ["dead-letters"] = letter.Id,
            ["commands"] = command.Value.Id,
        };
    }
}
