using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.ThingScale.Channels;
using Serverless.Dialects.ThingScale.Requests;
using Serverless.Domain.Documents;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.TimeSeries;

namespace Serverless.Dialects.ThingScale.Users;

/// <summary>The User service, /v2/user: the caller's profile, an array of one (dev.thingscale.io, User service).</summary>
/// <remarks>
/// Tokens are kept as hashes: api_token is shown where it is the one that the request brought, device_token is null. [I] locale is the account's time zone,
/// which only an administrator sets. storage counts the rows that are kept as they were
/// sent; it is null where they are more than are counted, and maxSize is null as there is no bound.
/// </remarks>
internal sealed class UserHandler(IDocumentStore store, SeriesStore series, UserDirectory users, TenantDirectory tenants)
{
    public async Task GetAsync(ThingScaleRequest request)
    {
        CheckPath(request);
        await WriteAsync(request, request.Account, await FindAsync(request));
    }

    public async Task PutAsync(ThingScaleRequest request)
    {
        CheckPath(request);
        var body = await request.ReadBodyAsync();
        Members.CheckNames(
            body,
            "user_id",
            "api_token",
            "device_token",
            "email1",
            "email2",
            "organization",
            "locale",
            "user_alias",
            "storage"
        );
        var profile = Changed(await FindAsync(request), body);
        var tenant = await SetLocaleAsync(request, body);
        var write = ThingScaleJson.Default.UserProfile.ToBody(profile);
        await store.CommitAsync(
            request.Tenant,
            new DocumentWrite(WriteMode.Upsert, Kinds.ThingScaleProfile, IdOf(request), write),
            request.Cancellation
        );
        await WriteAsync(request, tenant, profile);
    }

    private static void CheckPath(ThingScaleRequest request)
    {
        if (request.Id is not null)
        {
            throw ThingScaleError.NotFound.Refused();
        }
    }

    private static UserProfile Changed(UserProfile old, JsonObject body) =>
        new(
            Members.Text(body, "email1", old.Email1)!,
            Members.Text(body, "email2", old.Email2)!,
            Members.Text(body, "organization", old.Organization)!,
            Members.Text(body, "user_alias", old.Alias)!
        );

    private async Task<Tenant> SetLocaleAsync(ThingScaleRequest request, JsonObject body)
    {
        var locale = Members.Text(body, "locale", request.Account.TimeZone)!;
        if (locale == request.Account.TimeZone)
        {
            return request.Account;
        }

        if (!request.Caller.MayAdminister)
        {
            throw ThingScaleError.Forbidden.Refused();
        }

        var stored = await tenants.UpdateAsync(request.Tenant, tenant => tenant with { TimeZone = locale }, null, request.Cancellation);
        return stored.Value;
    }

    private async Task<UserProfile> FindAsync(ThingScaleRequest request)
    {
        var key = new DocumentKey(request.Tenant, Kinds.ThingScaleProfile, IdOf(request));
        return (await store.GetAsync(key, ThingScaleJson.Default.UserProfile, request.Cancellation))?.Value ?? new UserProfile();
    }

    private static string IdOf(ThingScaleRequest request) => Uri.EscapeDataString(request.Caller.User);

    private async Task WriteAsync(ThingScaleRequest request, Tenant tenant, UserProfile profile)
    {
        var user = (await users.FindAsync(request.Tenant, request.Caller.User, request.Cancellation))?.Value;
        var token = request.Header(ThingScaleCallers.TokenHeader);
        var usage = await StorageUsage.CountAsync(series, request.Tenant, request.Cancellation);
        await request.WriteAsync(
            StatusCodes.Status200OK,
            writer =>
            {
                writer.WriteStartArray();
                writer.WriteStartObject();
                writer.WriteString("user_id", user?.MqttUser ?? request.Caller.User);
                writer.WriteString("api_token", token is not null && user?.ApiToken == TokenHash.Of(token) ? token : null);
                writer.WriteNull("device_token");
                writer.WriteString("email1", profile.Email1);
                writer.WriteString("email2", profile.Email2);
                writer.WriteString("organization", profile.Organization);
                writer.WriteString("locale", tenant.TimeZone);
                writer.WriteString("user_alias", profile.Alias);
                WriteUsage(writer, usage);
                writer.WriteEndObject();
                writer.WriteEndArray();
            }
        );
    }

    private static void WriteUsage(Utf8JsonWriter writer, StorageUsage? usage)
    {
        writer.WriteStartObject("storage");
        if (usage is null)
        {
            writer.WriteNull("count");
            writer.WriteNull("usage_bytes");
            writer.WriteNull("maxSize");
            writer.WriteNull("avg_obj_size");
        }
        else
        {
            writer.WriteNumber("count", usage.Count);
            writer.WriteNumber("usage_bytes", usage.Bytes);
            writer.WriteNull("maxSize");
            writer.WriteNumber("avg_obj_size", usage.Count == 0 ? 0 : usage.Bytes / usage.Count);
        }

        writer.WriteEndObject();
    }
}
