using System.Text;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.Printing;

/// <summary>Prints what administers databases and users.</summary>
internal static class AdminPrinting
{
    /// <summary>Prints the statement if it is on databases, policies, continuous queries or subscriptions; else returns null.</summary>
    public static StringBuilder? Database(this StringBuilder text, Statement statement) =>
        statement switch
        {
            CreateDatabaseStatement create => text.Words("CREATE DATABASE ", create.Name).NewPolicy(create.Policy),
            DropDatabaseStatement drop => text.Words("DROP DATABASE ", drop.Name),
            CreateRetentionPolicyStatement create => text.Words("CREATE RETENTION POLICY ", create.Name, " ON ", create.Database)
                .Duration(" DURATION ", create.Duration)
                .Append(" REPLICATION ")
                .Append(create.Replication)
                .Duration(" SHARD DURATION ", create.ShardDuration > 0 ? create.ShardDuration : null)
                .Append(create.Default ? " DEFAULT" : ""),
            AlterRetentionPolicyStatement alter => text.Words("ALTER RETENTION POLICY ", alter.Name, " ON ", alter.Database)
                .Duration(" DURATION ", alter.Duration)
                .Number(" REPLICATION ", alter.Replication ?? 0)
                .Duration(" SHARD DURATION ", alter.ShardDuration)
                .Append(alter.Default ? " DEFAULT" : ""),
            DropRetentionPolicyStatement drop => text.Words("DROP RETENTION POLICY ", drop.Name, " ON ", drop.Database),
            CreateContinuousQueryStatement create => text.ContinuousQuery(create),
            DropContinuousQueryStatement drop => text.Words("DROP CONTINUOUS QUERY ", drop.Name, " ON ", drop.Database),
            CreateSubscriptionStatement create => text.Words("CREATE SUBSCRIPTION ", create.Name, " ON ", create.Database, ".")
                .Words("", create.RetentionPolicy, create.All ? " DESTINATIONS ALL " : " DESTINATIONS ANY ")
                .Joined(create.Destinations, (builder, destination) => builder.Append(Quote.String(destination))),
            DropSubscriptionStatement drop => text.Words("DROP SUBSCRIPTION ", drop.Name, " ON ", drop.Database, ".", drop.RetentionPolicy),
            _ => null,
        };

    /// <summary>Prints the statement if it is on users; else returns null.</summary>
    public static StringBuilder? User(this StringBuilder text, Statement statement) =>
        statement switch
        {
            CreateUserStatement create => text.Words("CREATE USER ", create.Name, " WITH PASSWORD [REDACTED]")
                .Append(create.Admin ? " WITH ALL PRIVILEGES" : ""),
            DropUserStatement drop => text.Words("DROP USER ", drop.Name),
            SetPasswordStatement set => text.Words("SET PASSWORD FOR ", set.Name, " = [REDACTED]"),
            GrantStatement grant => text.Words($"GRANT {WordsOf(grant.Privilege)} ON ", grant.Database, " TO ", grant.User),
            GrantAdminStatement grant => text.Words("GRANT ALL PRIVILEGES TO ", grant.User),
            RevokeStatement revoke => text.Words($"REVOKE {WordsOf(revoke.Privilege)} ON ", revoke.Database, " FROM ", revoke.User),
            RevokeAdminStatement revoke => text.Words("REVOKE ALL PRIVILEGES FROM ", revoke.User),
            _ => null,
        };

    private static StringBuilder NewPolicy(this StringBuilder text, NewPolicy? policy)
    {
        if (policy is null)
        {
            return text;
        }

        text.Append(" WITH");
        if (policy.Duration is { } duration)
        {
            text.Append(" DURATION ").Append(DurationText.FormatGo(duration));
        }

        text.Number(" REPLICATION ", policy.Replication ?? 0);
        if (policy.ShardDuration > 0)
        {
            text.Append(" SHARD DURATION ").Append(DurationText.FormatGo(policy.ShardDuration));
        }

        return policy.Name is null ? text : text.Words(" NAME ", policy.Name);
    }

    private static StringBuilder ContinuousQuery(this StringBuilder text, CreateContinuousQueryStatement create)
    {
        text.Words("CREATE CONTINUOUS QUERY ", create.Name, " ON ", create.Database, " ");
        if (create.ResampleEvery > 0 || create.ResampleFor > 0)
        {
            text.Append("RESAMPLE ");
            text.Append(create.ResampleEvery > 0 ? $"EVERY {DurationText.Format(create.ResampleEvery)} " : "");
            text.Append(create.ResampleFor > 0 ? $"FOR {DurationText.Format(create.ResampleFor)} " : "");
        }

        return text.Append("BEGIN ").Statement(create.Source).Append(" END");
    }

    private static StringBuilder Duration(this StringBuilder text, string words, long? nanoseconds) =>
        nanoseconds is { } duration ? text.Append(words).Append(DurationText.Format(duration)) : text;

    private static string WordsOf(Privilege privilege) =>
        privilege switch
        {
            Privilege.Read => "READ",
            Privilege.Write => "WRITE",
            _ => "ALL PRIVILEGES",
        };
}
