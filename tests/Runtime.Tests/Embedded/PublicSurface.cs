using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;

namespace JobForge.Runtime.Tests.Embedded;

/// <summary>A public type: a line of text for its base, each interface and each member, so that two assemblies compare as sets.</summary>
internal sealed record PublicType(string Name, IReadOnlySet<string> Facts);

/// <summary>Reads a public surface from metadata alone: names of types that it refers to are enough, nothing is loaded or resolved.</summary>
internal static class PublicSurface
{
    public static IEnumerable<PublicType> Read(MetadataReader reader) =>
        reader.TypeDefinitions
            .Where(handle => IsVisible(reader, handle))
            .Select(handle => new PublicType(TypeNames.Instance.GetTypeFromDefinition(reader, handle, 0), Facts(reader, handle)));

    private static bool IsVisible(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        return (type.Attributes & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.Public => true,
            TypeAttributes.NestedPublic => IsVisible(reader, type.GetDeclaringType()),
            _ => false,
        };
    }

    private static HashSet<string> Facts(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        HashSet<string> facts = new(StringComparer.Ordinal)
        {
            $"kind interface={type.Attributes.HasFlag(TypeAttributes.Interface)} sealed={type.Attributes.HasFlag(TypeAttributes.Sealed)} "
                + $"abstract={type.Attributes.HasFlag(TypeAttributes.Abstract)}",
        };
        if (!type.BaseType.IsNil)
        {
            facts.Add($"base {TypeNames.NameOf(reader, type.BaseType)}");
        }

        facts.UnionWith(type.GetInterfaceImplementations().Select(one =>
            $"implements {TypeNames.NameOf(reader, reader.GetInterfaceImplementation(one).Interface)}"));
        facts.UnionWith(type.GetFields().Select(reader.GetFieldDefinition).SelectMany(field => FieldFact(reader, field)));
        facts.UnionWith(type.GetMethods().Select(reader.GetMethodDefinition).SelectMany(method => MethodFact(reader, method)));
        facts.UnionWith(type.GetCustomAttributes().Select(reader.GetCustomAttribute).SelectMany(attribute => UsageFact(reader, attribute)));
        return facts;
    }

    private static IEnumerable<string> FieldFact(MetadataReader reader, FieldDefinition field)
    {
        if ((field.Attributes & FieldAttributes.FieldAccessMask) is not (FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem))
        {
            yield break;
        }

        var name = reader.GetString(field.Name);
        var constant = field.GetDefaultValue();
        if (constant.IsNil)
        {
            yield return $"field {field.DecodeSignature(TypeNames.Instance, null)} {name}";
        }
        else
        {
            var blob = reader.GetBlobReader(reader.GetConstant(constant).Value);
            yield return $"constant {name} = {blob.ReadConstant(reader.GetConstant(constant).TypeCode)}";
        }
    }

    private static IEnumerable<string> MethodFact(MetadataReader reader, MethodDefinition method)
    {
        var access = method.Attributes & MethodAttributes.MemberAccessMask;
        if (access is not (MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem))
        {
            yield break;
        }

        var signature = method.DecodeSignature(TypeNames.Instance, null);
        var names = method.GetParameters().Select(reader.GetParameter).Where(one => one.SequenceNumber > 0)
            .ToDictionary(one => one.SequenceNumber - 1, one => reader.GetString(one.Name) + (one.Attributes.HasFlag(ParameterAttributes.Optional) ? "?" : ""));
        var parameters = signature.ParameterTypes.Select((type, i) => $"{type} {names.GetValueOrDefault(i)}");
        var scope = method.Attributes.HasFlag(MethodAttributes.Static) ? " static" : "";
        yield return $"method {access}{scope} {signature.ReturnType} {reader.GetString(method.Name)}`{signature.GenericParameterCount}({string.Join(", ", parameters)})";
    }

    private static IEnumerable<string> UsageFact(MetadataReader reader, CustomAttribute attribute)
    {
        var constructor = attribute.Constructor.Kind == HandleKind.MemberReference
            ? reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent
            : default;
        if (constructor.IsNil || !string.Equals(TypeNames.NameOf(reader, constructor), "System.AttributeUsageAttribute", StringComparison.Ordinal))
        {
            yield break;
        }

        var value = attribute.DecodeValue(TypeNames.Instance);
        var named = value.NamedArguments.ToDictionary(one => one.Name!, one => one.Value, StringComparer.Ordinal);
        yield return $"targets {(AttributeTargets)(int)value.FixedArguments[0].Value!} multiple={named.GetValueOrDefault("AllowMultiple", false)} "
            + $"inherited={named.GetValueOrDefault("Inherited", true)}";
    }

    /// <summary>Writes each type of a signature as its full name; modifiers such as init-only are left out.</summary>
    private sealed class TypeNames : ISignatureTypeProvider<string, object?>, ICustomAttributeTypeProvider<string>
    {
        public static TypeNames Instance { get; } = new();

        public static string NameOf(MetadataReader reader, EntityHandle handle) => handle.Kind switch
        {
            HandleKind.TypeDefinition => Instance.GetTypeFromDefinition(reader, (TypeDefinitionHandle)handle, 0),
            HandleKind.TypeReference => Instance.GetTypeFromReference(reader, (TypeReferenceHandle)handle, 0),
            _ => reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(Instance, null),
        };

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        {
            var type = reader.GetTypeDefinition(handle);
            var outer = type.GetDeclaringType();
            return outer.IsNil
                ? $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}"
                : $"{GetTypeFromDefinition(reader, outer, 0)}+{reader.GetString(type.Name)}";
        }

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
        {
            var type = reader.GetTypeReference(handle);
            return type.ResolutionScope.Kind == HandleKind.TypeReference
                ? $"{GetTypeFromReference(reader, (TypeReferenceHandle)type.ResolutionScope, 0)}+{reader.GetString(type.Name)}"
                : $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
        }

        public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => $"{genericType}<{string.Join(',', typeArguments)}>";

        public string GetGenericMethodParameter(object? genericContext, int index) => $"!!{index}";

        public string GetGenericTypeParameter(object? genericContext, int index) => $"!{index}";

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

        public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[{shape.Rank}]";

        public string GetSZArrayType(string elementType) => $"{elementType}[]";

        public string GetByReferenceType(string elementType) => $"{elementType}&";

        public string GetPointerType(string elementType) => $"{elementType}*";

        public string GetPinnedType(string elementType) => elementType;

        public string GetFunctionPointerType(MethodSignature<string> signature) => "function pointer";

        public string GetSystemType() => "System.Type";

        public bool IsSystemType(string type) => string.Equals(type, "System.Type", StringComparison.Ordinal);

        public string GetTypeFromSerializedName(string name) => name;

        public PrimitiveTypeCode GetUnderlyingEnumType(string type) => PrimitiveTypeCode.Int32;
    }
}
