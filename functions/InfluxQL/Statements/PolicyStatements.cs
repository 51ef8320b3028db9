using Serverless.Domain.Tenants;
using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Statements;

/// <summary>Databases and retention policies.</summary>
internal static class PolicyStatements
{
    /// <summary>Anybody may ask, and sees the databases that it may read.</summary>
    public static async ValueTask ShowDatabasesAsync(this StatementContext context)
    {
        var mayRead = context.Request.Rights.HasFlag(QueryRights.Read);
        var databases = mayRead ? await context.Databases.ListAsync(context.Tenant, context.Cancellation) : [];
        await context.TableAsync(Tables.Header("databases", "name"), Tables.Texts(databases.Select(database => database.Name)));
    }

    public static async ValueTask ShowPoliciesAsync(this StatementContext context, string? named)
    {
        var database = await context.GetDatabaseAsync(named);
        var policies = database.Policies;
        await context.TableAsync(
            Tables.Header(null, "name", "duration", "shardGroupDuration", "replicaN", "default"),
            Tables.Texts(policies.Select(policy => policy.Name)),
            Tables.Texts(policies.Select(policy => GoDuration.Format(policy.Duration))),
            Tables.Texts(policies.Select(policy => GoDuration.Format(policy.ShardDuration))),
            Tables.Integers(policies.Select(policy => (long)policy.Replication)),
            Execution.Column.Of(policies.Select(policy => policy.Name == database.DefaultPolicy).ToArray())
        );
    }

    public static Task CreateDatabaseAsync(this StatementContext context, CreateDatabaseStatement create)
    {
        var asked = create.Policy;
        var policy = asked is null ? null : new NewRetentionPolicy(asked.Name, asked.Duration, asked.Replication, asked.ShardDuration);
        return context.Databases.CreateAsync(context.Tenant, create.Name, policy, context.Cancellation);
    }

    public static Task CreatePolicyAsync(this StatementContext context, CreateRetentionPolicyStatement create)
    {
        var policy = new NewRetentionPolicy(create.Name, create.Duration, create.Replication, create.ShardDuration);
        return context.Databases.CreatePolicyAsync(context.Tenant, create.Database, policy, create.Default, context.Cancellation);
    }

    public static Task AlterPolicyAsync(this StatementContext context, AlterRetentionPolicyStatement alter)
    {
        var change = new RetentionPolicyChange(alter.Duration, alter.Replication, alter.ShardDuration, alter.Default);
        return context.Databases.AlterPolicyAsync(context.Tenant, alter.Database, alter.Name, change, context.Cancellation);
    }
}
