using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Users;

/// <summary>The user who asks, in the two forms that clients ask for by what they accept (reference 1.2).</summary>
internal sealed class CurrentUserRoutes(UserDirectory users, UserProfiles profiles, TimeProvider time) : ICumulocityRoutes
{
    private const int LongestText = 1000;

    public IEnumerable<CumulocityRoute> All() =>
        [new("GET", UserJson.CurrentPath, Permission.Read, ReadAsync), new("PUT", UserJson.CurrentPath, Permission.Read, UpdateAsync)];

    private async Task<CumulocityAnswer> ReadAsync(CumulocityRequest request) =>
        Show(request, await profiles.GetAsync(request.Tenant, request.Caller.User, request.Cancellation));

    private async Task<CumulocityAnswer> UpdateAsync(CumulocityRequest request)
    {
        var body = await request.ReadObjectAsync();
        var members = new BodyMembers(request, body);
        members.CheckTexts("userName");
        members.CheckObjects("devicePermissions");
        var old = await profiles.GetAsync(request.Tenant, request.Caller.User, request.Cancellation);
        var profile = old with
        {
            FirstName = Changed(request, body, "firstName", old.FirstName),
            LastName = Changed(request, body, "lastName", old.LastName),
            DisplayName = Changed(request, body, "displayName", old.DisplayName),
            Email = Changed(request, body, "email", old.Email),
            Phone = Changed(request, body, "phone", old.Phone),
            CustomProperties = body["customProperties"] switch
            {
                null => old.CustomProperties,
                JsonObject properties => properties.DeepClone().AsObject(),
                _ => throw request.Invalid("The member customProperties is a JSON object."),
            },
        };
        if (Changed(request, body, "password", null) is { Length: > 0 } password)
        {
            await users.UpdateAsync(
                request.Tenant,
                request.Caller.User,
                new UserChange { Password = password },
                null,
                request.Cancellation,
                request.Actor()
            );
            profile = profile with { LastPasswordChange = time.GetUtcNow() };
        }

        await profiles.SetAsync(request.Tenant, request.Caller.User, profile, request.Cancellation);
        return Show(request, profile);
    }

    private static string? Changed(CumulocityRequest request, JsonObject body, string member, string? old)
    {
        if (!body.ContainsKey(member))
        {
            return old;
        }

        return body[member] switch
        {
            null => null,
            JsonValue value when value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length <= LongestText =>
                value.GetValue<string>(),
            _ => throw request.Invalid($"The member {member} is a text of at most {LongestText} characters."),
        };
    }

    private static CumulocityAnswer Show(CumulocityRequest request, UserProfile profile) =>
        request.Accept.Contains(UserJson.Type)
            ? CumulocityAnswer.Ok(UserJson.Of(request.Caller, profile, request.Urls), UserJson.Type)
            : CumulocityAnswer.Ok(UserJson.OfCurrent(request.Caller, profile, request.Urls), UserJson.CurrentType);
}
