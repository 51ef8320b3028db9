using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Dialects.Management.Schemas;
using Serverless.Domain;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Management.Resources;

/// <summary>The API clients of a tenant (OAuth client credentials). A secret is shown once, in the answer of the request that sets it.</summary>
internal sealed class ClientRoutes(ApiClients clients)
{
    private const string Collection = "/clients";
    private const string Item = "/clients/{id}";

    public IEnumerable<ManagementRoute> All() =>
        [
            new("GET", Collection, "listClients", Access.Admin, "List API clients by their ids", ListAsync)
            {
                Query = Pages.Parameters,
                Response = Components.PageOf("Client"),
            },
            new("POST", Collection, "createClient", Access.Admin, "Create an API client", CreateAsync)
            {
                Request = "NewClient",
                Response = "IssuedClient",
                Status = 201,
                Tagged = true,
                Problems = [Problems.Exists],
            },
            new("GET", Item, "getClient", Access.Admin, "Read an API client", GetAsync) { Response = "Client", Tagged = true },
            new("PUT", Item, "replaceClientSecret", Access.Admin, "Give an API client a new secret", ReplaceAsync)
            {
                Request = "ClientSecret",
                RequestOptional = true,
                Response = "IssuedClient",
                Tagged = true,
                Conditional = true,
            },
            new("DELETE", Item, "deleteClient", Access.Admin, "Delete an API client", DeleteAsync) { Status = 204, Conditional = true },
        ];

    private Task<Answer> ListAsync(ManagementRequest request) =>
        Pages.ReadAsync(
            request,
            (limit, cursor) => clients.ListAsync(request.Tenant, limit, cursor, request.Cancellation),
            client => Show(client.Value)
        );

    private async Task<Answer> CreateAsync(ManagementRequest request)
    {
        var body = await request.ReadBodyAsync();
        var (id, secret) = (body.Text("id")!, body.Text("secret") ?? TokenHash.NewToken());
        var client = await clients.CreateAsync(request.Tenant, id, secret, request.Cancellation);
        return Answer.Created(Show(client.Value, secret), $"{ManagementRoute.Prefix}{Collection}/{Uri.EscapeDataString(id)}", client.ETag);
    }

    private async Task<Answer> GetAsync(ManagementRequest request)
    {
        var client = await FindAsync(request);
        return Answer.Ok(Show(client.Value), client.ETag);
    }

    private async Task<Answer> ReplaceAsync(ManagementRequest request)
    {
        var old = await FindAsync(request);
        _ = request.IfMatch(old.ETag);
        var secret = (await request.ReadBodyAsync()).Text("secret") ?? TokenHash.NewToken();
        var client = await clients.ApplyAsync(request.Tenant, old.Value.Id, secret, request.Cancellation);
        return Answer.Ok(Show(client.Value, secret), client.ETag);
    }

    private async Task<Answer> DeleteAsync(ManagementRequest request)
    {
        var old = await FindAsync(request);
        _ = request.IfMatch(old.ETag);
        await clients.DeleteAsync(request.Tenant, old.Value.Id, request.Cancellation);
        return Answer.NoContent;
    }

    private async ValueTask<Stored<ApiClient>> FindAsync(ManagementRequest request)
    {
        var id = request.Path("id");
        return await clients.FindAsync(request.Tenant, id, request.Cancellation) ?? throw DomainException.NotFound($"client '{id}'");
    }

    private static JsonObject Show(ApiClient client, string? secret = null)
    {
        var body = new JsonObject { ["id"] = client.Id, ["tenant"] = client.Owner };
        if (secret is not null)
        {
            body["secret"] = secret;
        }

        return body;
    }
}
