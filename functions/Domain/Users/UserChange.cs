namespace Serverless.Domain.Users;

/// <summary>What to set on a user; a null member stays as it is, an empty token or MQTT user name removes it.</summary>
public sealed record UserChange
{
    public string? Password { get; init; }

    public IReadOnlyList<string>? Roles { get; init; }

    public string? MqttUser { get; init; }

    public string? ApiToken { get; init; }

    public string? DeviceToken { get; init; }

    public ConduitChange? Conduit { get; init; }

    public ExpectedDevice? Expected { get; init; }

    /// <exception cref="DomainException">A member is wrong, or the name is none.</exception>
    internal void Check(string name, IReadOnlyList<string>? roles = null)
    {
        if (!Names.IsUserName(name))
        {
            throw DomainException.Invalid("name", "A user's name is 1 to 128 characters, without a slash or control characters.");
        }

        if (Roles?.FirstOrDefault(role => !(roles ?? Users.Roles.All).Contains(role)) is { } role)
        {
            throw DomainException.Invalid("roles", $"'{role}' is no role; the roles are {string.Join(", ", Users.Roles.All)}.");
        }

        if (Password is { Length: < 4 or > 1024 })
        {
            throw DomainException.Invalid("password", "A password has 4 to 1,024 characters.");
        }

        if (new[] { ApiToken, DeviceToken, Conduit?.Token }.Any(token => token is { Length: > 0 and < 4 or > 1024 }))
        {
            throw DomainException.Invalid("token", "A token has 4 to 1,024 characters.");
        }
    }

    /// <summary>The user with what is set.</summary>
    internal User ApplyTo(User user)
    {
        var newPassword = Password is { } password && !(user.Password is not null && PasswordHash.Verify(password, user.Password));
        return user with
        {
            Password = newPassword ? PasswordHash.Create(Password!) : user.Password,
            Stamp = newPassword ? TokenHash.NewToken() : user.Stamp,
            Roles = Roles ?? user.Roles,
            MqttUser = MqttUser is { } mqtt ? (mqtt.Length == 0 ? null : mqtt) : user.MqttUser,
            ApiToken = Hashed(ApiToken, user.ApiToken),
            DeviceToken = Hashed(DeviceToken, user.DeviceToken),
            Expected = Expected ?? user.Expected,
            Conduit = Conduit is not { } conduit
                ? user.Conduit
                : new ConduitAccess(
                    Hashed(conduit.Token, user.Conduit?.Token),
                    conduit.Http ?? user.Conduit?.Http ?? false,
                    conduit.Mqtt ?? user.Conduit?.Mqtt ?? false,
                    conduit.Webhook ?? user.Conduit?.Webhook ?? false
                ),
        };
    }

    private static string? Hashed(string? token, string? old) =>
        token is null ? old
        : token.Length == 0 ? null
        : TokenHash.Of(token);
}

/// <summary>What to set on a user's Conduit access; a null member stays, an empty token removes the token.</summary>
public sealed record ConduitChange(string? Token = null, bool? Http = null, bool? Mqtt = null, bool? Webhook = null);
