using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Parsing;

internal sealed partial class StatementWords
{
    private static readonly StatementWords Show = new StatementWords()
        .Add(Token.Continuous, new StatementWords().Add(Token.Queries, _ => new ShowStatement(ShowKind.ContinuousQueries)))
        .Add(Token.Databases, _ => new ShowStatement(ShowKind.Databases))
        .Add(Token.Diagnostics, parser => parser.ParseShowDiagnostics())
        .Add(
            Token.Field,
            new StatementWords()
                .Add(Token.Key, parser => parser.ParseShowKeyCardinality(CardinalityKind.FieldKey))
                .Add(Token.Keys, parser => parser.ParseShowFieldKeys())
        )
        .Add(Token.Grants, new StatementWords().Add(Token.For, parser => parser.ParseShowGrants()))
        .Add(
            Token.Measurement,
            new StatementWords()
                .Add(Token.Exact, parser => parser.ParseShowExactCardinality(CardinalityKind.Measurement))
                .Add(Token.Cardinality, parser => parser.ParseCardinality(CardinalityKind.Measurement, exact: false))
        )
        .Add(Token.Measurements, parser => parser.ParseShowMeasurements())
        .Add(Token.Queries, _ => new ShowStatement(ShowKind.Queries))
        .Add(Token.Retention, new StatementWords().Add(Token.Policies, parser => parser.ParseShowRetentionPolicies()))
        .Add(Token.Series, parser => parser.ParseShowSeries())
        .Add(Token.Shard, new StatementWords().Add(Token.Groups, _ => new ShowStatement(ShowKind.ShardGroups)))
        .Add(Token.Shards, _ => new ShowStatement(ShowKind.Shards))
        .Add(Token.Stats, parser => parser.ParseShowStats())
        .Add(Token.Subscriptions, _ => new ShowStatement(ShowKind.Subscriptions))
        .Add(
            Token.Tag,
            new StatementWords()
                .Add(Token.Key, parser => parser.ParseShowKeyCardinality(CardinalityKind.TagKey))
                .Add(Token.Keys, parser => parser.ParseShowTagKeys())
                .Add(Token.Values, parser => parser.ParseShowTagValues())
        )
        .Add(Token.Users, _ => new ShowStatement(ShowKind.Users));

    private static readonly StatementWords Create = new StatementWords()
        .Add(Token.Continuous, new StatementWords().Add(Token.Query, parser => parser.ParseCreateContinuousQuery()))
        .Add(Token.Database, parser => parser.ParseCreateDatabase())
        .Add(Token.User, parser => parser.ParseCreateUser())
        .Add(Token.Retention, new StatementWords().Add(Token.Policy, parser => parser.ParseCreateRetentionPolicy()))
        .Add(Token.Subscription, parser => parser.ParseCreateSubscription());

    private static readonly StatementWords Drop = new StatementWords()
        .Add(Token.Continuous, new StatementWords().Add(Token.Query, parser => parser.ParseDropContinuousQuery()))
        .Add(Token.Database, parser => new DropDatabaseStatement(parser.ParseIdent()))
        .Add(Token.Measurement, parser => new DropMeasurementStatement(parser.ParseIdent()))
        .Add(Token.Retention, new StatementWords().Add(Token.Policy, parser => parser.ParseDropRetentionPolicy()))
        .Add(Token.Series, parser => parser.ParseDropSeries())
        .Add(Token.Shard, parser => new DropShardStatement(parser.ParseUnsigned()))
        .Add(Token.Subscription, parser => parser.ParseDropSubscription())
        .Add(Token.User, parser => new DropUserStatement(parser.ParseIdent()));

    /// <summary>The first words of statements.</summary>
    public static readonly StatementWords Root = new StatementWords()
        .Add(Token.Select, parser => parser.ParseSelect(TargetRule.Optional))
        .Add(Token.Delete, parser => parser.ParseDelete())
        .Add(Token.Show, Show)
        .Add(Token.Create, Create)
        .Add(Token.Drop, Drop)
        .Add(Token.Explain, parser => parser.ParseExplain())
        .Add(Token.Grant, parser => parser.ParseGrant())
        .Add(Token.Revoke, parser => parser.ParseRevoke())
        .Add(
            Token.Alter,
            new StatementWords().Add(Token.Retention, new StatementWords().Add(Token.Policy, parser => parser.ParseAlterRetentionPolicy()))
        )
        .Add(Token.Set, new StatementWords().Add(Token.Password, new StatementWords().Add(Token.For, parser => parser.ParseSetPassword())))
        .Add(Token.Kill, new StatementWords().Add(Token.Query, parser => parser.ParseKillQuery()));
}
