using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Dialects.Http;

namespace Serverless.Dialects.Cumulocity.Notifications;

/// <summary>/notification2/token and /notification2/unsubscribe.</summary>
internal sealed class TokenRoutes(NotificationTokens tokens, ConsumerDirectory consumers, NotificationPump pump) : ICumulocityRoutes
{
    private const int DefaultLife = 1440;

    public IEnumerable<CumulocityRoute> All() =>
        [
            new("POST", "/notification2/token", Permission.Admin, IssueAsync),
            // The token itself is what allows it.
            new("POST", "/notification2/unsubscribe", Permission.None, UnsubscribeAsync),
        ];

    private async Task<CumulocityAnswer> IssueAsync(CumulocityRequest request)
    {
        var body = await request.ReadObjectAsync();
        var (subscriber, subscription) = (Name(request, body, "subscriber"), Name(request, body, "subscription"));
        if (subscriber is null || subscription is null)
        {
            throw CumulocityErrors.MissingFields(
                new[] { ("subscriber", subscriber), ("subscription", subscription) }
                    .Where(pair => pair.Item2 is null)
                    .Select(pair => pair.Item1)
            );
        }

        if (body["type"] is { } type && type.ToString() != "notification")
        {
            throw request.Invalid("type is notification.");
        }

        var minutes = body["expiresInMinutes"] switch
        {
            null => DefaultLife,
            JsonValue value when value.TryGetValue<int>(out var number) && number is > 0 and <= NotificationTokens.LongestLife => number,
            _ => throw request.Invalid($"expiresInMinutes is a whole number from 1 to {NotificationTokens.LongestLife}."),
        };
        _ = Flag(request, body, "signed");
        var token = await tokens.IssueAsync(
            new ConsumerToken(
                request.Tenant,
                subscription,
                subscriber,
                Flag(request, body, "shared"),
                Flag(request, body, "nonPersistent")
            ),
            TimeSpan.FromMinutes(minutes),
            request.Cancellation
        );
        return Plain(new JsonObject { ["token"] = token });
    }

    private async Task<CumulocityAnswer> UnsubscribeAsync(CumulocityRequest request)
    {
        var text = request.Query("token") ?? throw request.Invalid("token is needed.");
        var token =
            await tokens.ReadAsync(text, request.Cancellation)
            ?? throw new CumulocityException(
                StatusCodes.Status401Unauthorized,
                "security/Unauthorized",
                "The token is none of a notification's subscriber, or is over."
            );
        if (await consumers.RemoveAsync(token, request.Cancellation) is { } removed)
        {
            await pump.CloseAsync(removed, "The subscriber was unsubscribed.", request.Cancellation);
        }

        return Plain(new JsonObject { ["result"] = "DONE" });
    }

    private static string? Name(CumulocityRequest request, JsonObject body, string member) =>
        body[member] switch
        {
            null => null,
            JsonValue value
                when value.TryGetValue<string>(out var name) && name.Length is > 0 and <= 255 && name.All(char.IsAsciiLetterOrDigit) =>
                name,
            _ => throw request.Invalid($"{member} is a name of up to 255 letters and digits."),
        };

    private static bool Flag(CumulocityRequest request, JsonObject body, string member) =>
        body[member] switch
        {
            null => false,
            JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
            _ => throw request.Invalid($"{member} is true or false."),
        };

    // Clients read the token whether or not they said what they accept.
    private static CumulocityAnswer Plain(JsonObject document) =>
        CumulocityAnswer.Other(
            StatusCodes.Status200OK,
            JsonResponses.ContentType,
            context => context.Response.WriteAsync(document.ToJsonString(), context.RequestAborted)
        );
}
