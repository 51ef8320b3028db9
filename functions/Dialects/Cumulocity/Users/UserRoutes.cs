using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Users;

/// <summary>/user/{tenant}/users: the users of the caller's tenant, listed, read and deleted. Programs that register devices delete their users by it. Users are made by /api/v1 or with the device's credentials.</summary>
internal sealed class UserRoutes(UserDirectory users, UserProfiles profiles, CollectionPages pages) : ICumulocityRoutes
{
    private const string Collection = "/user/{tenant}/users";
    private const string Item = $"{Collection}/{{name}}";

    private static readonly Filter OfDevices = new Filter.Wildcard("name", "device_*");

    public IEnumerable<CumulocityRoute> All() =>
        [
            new("GET", Collection, Permission.Admin, ListAsync),
            new("GET", Item, Permission.Read, GetAsync),
            new("DELETE", Item, Permission.Admin, DeleteAsync),
        ];

    private Task<CumulocityAnswer> ListAsync(CumulocityRequest request)
    {
        CheckTenant(request);
        var filter = FilterOf(request);
        return pages.ReadAsync(
            request,
            "users",
            "usercollection",
            (limit, cursor) => users.ListAsync(request.Tenant, limit, cursor, request.Cancellation, filter),
            () => users.CountAsync(request.Tenant, filter, request.Cancellation),
            user => ShowAsync(request, user.Value)
        );
    }

    private async Task<CumulocityAnswer> GetAsync(CumulocityRequest request)
    {
        CheckTenant(request);
        if (!request.Caller.MayAdminister && request["name"] != request.Caller.User)
        {
            throw CumulocityErrors.Forbidden;
        }

        return CumulocityAnswer.Ok(await ShowAsync(request, await FindAsync(request)), UserJson.Type);
    }

    private async Task<CumulocityAnswer> DeleteAsync(CumulocityRequest request)
    {
        CheckTenant(request);
        var user = await FindAsync(request);
        if (!request.Caller.MayManage(user.Roles) || user.Name == request.Caller.User)
        {
            throw CumulocityErrors.Forbidden;
        }

        // The profile first: else it would be that of the next user of this name.
        await profiles.RemoveAsync(request.Tenant, user.Name, request.Cancellation);
        await users.DeleteAsync(request.Tenant, user.Name, null, request.Cancellation, request.Actor());
        return CumulocityAnswer.NoContent;
    }

    private async Task<User> FindAsync(CumulocityRequest request)
    {
        var name = request["name"];
        var found = Domain.Names.IsUserName(name) ? await users.FindAsync(request.Tenant, name, request.Cancellation) : null;
        return found?.Value ?? throw CumulocityErrors.NotFound("users", $"Error retrieving user {name}! : There is no such user.");
    }

    private async Task<JsonObject> ShowAsync(CumulocityRequest request, User user) =>
        UserJson.Of(
            new Caller(request.Tenant, user.Name, user.Roles),
            await profiles.GetAsync(request.Tenant, user.Name, request.Cancellation),
            request.Urls
        );

    private static Filter FilterOf(CumulocityRequest request)
    {
        var (prefix, part) = (request.Query("username"), request.Query("usernameContains"));
        if (prefix is not null && part is not null)
        {
            throw request.Invalid("Only one of username and usernameContains can be given.");
        }

        var terms = new List<Filter> { request.Flag("onlyDevices") ? OfDevices : new Filter.Not(OfDevices) };
        if (prefix is not null)
        {
            terms.Add(new Filter.Wildcard("name", $"{prefix}*", IgnoreCase: true));
        }

        if (part is not null)
        {
            terms.Add(new Filter.Wildcard("name", $"*{part}*", IgnoreCase: true));
        }

        // Users have no owners and are in no groups here.
        if (request.Query("owner") is not null || request.Query("groups") is not null)
        {
            terms.Add(Filter.Any());
        }

        return Filter.All(terms);
    }

    /// <exception cref="CumulocityException">The path names another tenant than the caller's.</exception>
    private static void CheckTenant(CumulocityRequest request)
    {
        if (request["tenant"] != request.Tenant)
        {
            throw CumulocityErrors.Forbidden;
        }
    }
}
