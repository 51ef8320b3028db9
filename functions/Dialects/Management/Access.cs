using Serverless.Domain.Users;

namespace Serverless.Dialects.Management;

/// <summary>Who may use a route; each level may all that the one before it may.</summary>
internal enum Access
{
    /// <summary>Anybody: the route is how a caller becomes known.</summary>
    Anonymous,
    Reader,
    User,
    Admin,
    Operator,
}

/// <summary>What a caller's roles open.</summary>
internal static class AccessRules
{
    public static bool Allows(this Access access, Caller caller) =>
        access switch
        {
            Access.Anonymous => true,
            Access.Reader => caller.MayRead,
            Access.User => caller.MayWrite,
            Access.Admin => caller.MayAdminister,
            _ => caller.Is(Roles.Operator),
        };
}
