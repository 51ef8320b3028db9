using Microsoft.IdentityModel.JsonWebTokens;
using Serverless.Dialects.Authentication;

namespace Serverless.Dialects.Cumulocity.Notifications;

/// <summary>What a consumer's token says.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Subscription">The topic.</param>
/// <param name="Subscriber">Who reads it.</param>
/// <param name="IsShared">Whether several sockets share what comes.</param>
/// <param name="NonPersistent">Whether what comes while none is connected is lost.</param>
internal sealed record ConsumerToken(string Tenant, string Subscription, string Subscriber, bool IsShared, bool NonPersistent);

/// <summary>The tokens of consumers: JWTs under our own keys. Each is signed, also where a client asks for one that is not: whoever has it may read.</summary>
internal sealed class NotificationTokens(SigningKeys keys, TimeProvider time)
{
    /// <summary>A year, in minutes.</summary>
    public const int LongestLife = 366 * 24 * 60;

    private const string Type = "Notification";

    private readonly SignedTokens signed = new(keys, time);

    public async Task<string> IssueAsync(ConsumerToken token, TimeSpan life, CancellationToken cancellation)
    {
        var claims = new Dictionary<string, object>
        {
            ["tenant"] = token.Tenant,
            ["topic"] = $"{token.Tenant}/relnotif/{token.Subscription}",
            ["subscription"] = token.Subscription,
            ["shared"] = token.IsShared ? "true" : "false",
            ["nonPersistent"] = token.NonPersistent ? "true" : "false",
        };
        return signed.Create(Type, token.Subscriber, life, claims, await signed.GetCredentialsAsync(cancellation));
    }

    /// <summary>What a token says, or null where it is none of ours or is over.</summary>
    public async ValueTask<ConsumerToken?> ReadAsync(string text, CancellationToken cancellation) =>
        await signed.ReadAsync(text, Type, mustExpire: true, cancellation) is { } token
        && SignedTokens.Claim(token, "tenant") is { } tenant
        && SignedTokens.Claim(token, "subscription") is { } subscription
        && SignedTokens.Claim(token, JwtRegisteredClaimNames.Sub) is { } subscriber
            ? new ConsumerToken(
                tenant,
                subscription,
                subscriber,
                SignedTokens.Claim(token, "shared") == "true",
                SignedTokens.Claim(token, "nonPersistent") == "true"
            )
            : null;
}
