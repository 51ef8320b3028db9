using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Parsing;

/// <summary>Databases, retention policies, subscriptions.</summary>
internal sealed partial class Parser
{
    /// <summary>create database = identifier [ "WITH" [ "DURATION" duration ] [ "REPLICATION" count ] [ "SHARD" "DURATION" duration ] [ "NAME" identifier ] ]</summary>
    public CreateDatabaseStatement ParseCreateDatabase()
    {
        var name = ParseIdent();
        return new CreateDatabaseStatement(name, Accept(Token.With) ? ParseNewPolicy() : null);
    }

    private NewPolicy ParseNewPolicy()
    {
        var next = ScanSkippingSpace();
        Unscan();
        if (next.Token is not (Token.Duration or Token.Name or Token.Replication or Token.Shard))
        {
            throw Unexpected(next, "DURATION", "NAME", "REPLICATION", "SHARD");
        }

        long? duration = Accept(Token.Duration) ? ParseDuration() : null;
        int? replication = Accept(Token.Replication) ? ParseCount() : null;
        var shardDuration = 0L;
        if (Accept(Token.Shard))
        {
            Expect(Token.Duration);
            shardDuration = ParseDuration();
        }

        return new NewPolicy(Accept(Token.Name) ? NullIfEmpty(ParseIdent()) : null, duration, replication, shardDuration);
    }

    /// <summary>create retention policy = identifier on "DURATION" duration "REPLICATION" count [ "SHARD" "DURATION" duration ] [ "DEFAULT" ]</summary>
    public CreateRetentionPolicyStatement ParseCreateRetentionPolicy()
    {
        var name = ParseIdent();
        var database = ExpectOnDatabase();
        Expect(Token.Duration);
        var duration = ParseDuration();
        Expect(Token.Replication);
        var replication = ParseCount();
        var shardDuration = Accept(Token.Shard) ? ParseShardDuration() : 0;
        return new CreateRetentionPolicyStatement(name, database, duration, replication, shardDuration, Accept(Token.Default));
    }

    /// <summary>"DURATION" duration, which is not INF</summary>
    private long ParseShardDuration()
    {
        Expect(Token.Duration);
        var next = ScanSkippingSpace();
        if (next.Token == Token.Inf)
        {
            throw Invalid("invalid duration INF for shard duration", next.Position);
        }

        Unscan();
        return ParseDuration();
    }

    /// <summary>alter retention policy = ( identifier | "DEFAULT" ) on option { option }, each option once</summary>
    public AlterRetentionPolicyStatement ParseAlterRetentionPolicy()
    {
        var name = ScanSkippingSpace();
        if (name.Token is not (Token.Default or Token.Ident))
        {
            throw Unexpected(name, "identifier");
        }

        var policy = name.Token == Token.Default ? "default" : name.Literal;
        var statement = new AlterRetentionPolicyStatement(policy, ExpectOnDatabase(), null, null, null, false);
        var found = new HashSet<Token>();
        while (true)
        {
            var next = ScanSkippingSpace();
            if (found.Contains(next.Token))
            {
                throw Invalid($"found duplicate {next.Token.Text()} option", next.Position);
            }

            if (WithOption(statement, next.Token) is { } changed)
            {
                statement = changed;
                found.Add(next.Token);
                continue;
            }

            if (found.Count == 0)
            {
                throw Unexpected(next, "DURATION", "REPLICATION", "SHARD", "DEFAULT");
            }

            Unscan();
            return statement;
        }
    }

    /// <summary>option = "DURATION" duration | "REPLICATION" count | "SHARD" "DURATION" duration | "DEFAULT"; the first word is read. Null if it is another.</summary>
    private AlterRetentionPolicyStatement? WithOption(AlterRetentionPolicyStatement statement, Token option) =>
        option switch
        {
            Token.Duration => statement with { Duration = ParseDuration() },
            Token.Replication => statement with { Replication = ParseCount() },
            Token.Shard => statement with { ShardDuration = ParseShardDuration() },
            Token.Default => statement with { Default = true },
            _ => null,
        };

    /// <summary>drop retention policy = identifier on</summary>
    public DropRetentionPolicyStatement ParseDropRetentionPolicy() => new(ParseIdent(), ExpectOnDatabase());

    /// <summary>create subscription = identifier "ON" database "." policy "DESTINATIONS" ( "ALL" | "ANY" ) strings</summary>
    public CreateSubscriptionStatement ParseCreateSubscription()
    {
        var (name, database, policy) = ParseSubscription();
        Expect(Token.Destinations);
        var mode = ScanSkippingSpace();
        return mode.Token is Token.All or Token.Any
            ? new CreateSubscriptionStatement(name, database, policy, mode.Token == Token.All, ParseStrings())
            : throw Unexpected(mode, "ALL", "ANY");
    }

    /// <summary>drop subscription = identifier "ON" database "." policy</summary>
    public DropSubscriptionStatement ParseDropSubscription()
    {
        var (name, database, policy) = ParseSubscription();
        return new DropSubscriptionStatement(name, database, policy);
    }

    private (string Name, string Database, string Policy) ParseSubscription()
    {
        var name = ParseIdent();
        var database = ExpectOnDatabase();
        var dot = Scan();
        return dot.Token == Token.Dot ? (name, database, ParseIdent()) : throw Unexpected(dot, ".");
    }
}
