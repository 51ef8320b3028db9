using Serverless.Domain.Audit;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Users;

/// <summary>What is written down of changes to users: which members, and of those that are no secrets from what to what.</summary>
internal sealed class UserAudit(AuditLog audit)
{
    /// <summary>Commits a write with its record. Of the cloud's own users, and of what changes nothing that is told, there is none.</summary>
    /// <returns>The user's entity tag; null where it was deleted.</returns>
    public async Task<string?> CommitAsync(
        string tenant,
        DocumentWrite write,
        User? old,
        User? next,
        AuditActor? actor,
        CancellationToken cancellation
    ) => (await audit.CommitAsync(tenant, [write], () => RecordOf(tenant, old, next, actor ?? AuditActor.Cloud), cancellation))[0];

    private DocumentWrite? RecordOf(string tenant, User? old, User? next, AuditActor actor)
    {
        var changed = next is null ? [] : Changed(old, next).ToList();
        if (tenant == Partitions.System || (old is not null && next is not null && changed.Count == 0))
        {
            return null;
        }

        var activity =
            next is null ? "User deleted"
            : old is null ? "User created"
            : "User updated";
        var text = string.Join(
            ", ",
            changed.Select(change => change.NewValue is { } value ? $"{change.Attribute}='{value}'" : change.Attribute)
        );
        return audit.WriteOf(
            actor,
            "User",
            (next ?? old)!.Name,
            activity,
            text.Length == 0 ? activity : $"{activity}: {text}",
            [.. changed.Where(change => change.PreviousValue is not null || change.NewValue is not null)]
        );
    }

    /// <summary>The members that differ. A secret has no values here.</summary>
    private static IEnumerable<AuditChange> Changed(User? old, User next)
    {
        var members = new (string Name, bool IsSecret, Func<User?, string?> Of)[]
        {
            ("roles", false, user => user is { Roles.Count: > 0 } ? string.Join(",", user.Roles) : null),
            ("mqttUser", false, user => user?.MqttUser),
            ("password", true, user => user?.Password),
            ("token.api", true, user => user?.ApiToken),
            ("token.device", true, user => user?.DeviceToken),
            ("token.conduit", true, user => user?.Conduit?.Token),
            ("conduit", false, user => user?.Conduit is { } doors ? $"http={doors.Http},mqtt={doors.Mqtt},webhook={doors.Webhook}" : null),
        };
        foreach (var (name, isSecret, of) in members)
        {
            var (before, after) = (of(old), of(next));
            if (before != after)
            {
                yield return isSecret ? new AuditChange(name, null, null) : new AuditChange(name, before, after);
            }
        }
    }
}
