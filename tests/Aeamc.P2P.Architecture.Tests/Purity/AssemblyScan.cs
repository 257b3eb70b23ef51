using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Aeamc.P2P.Architecture.Tests.Purity;

/// <summary>Lists every type and member that the methods, fields and locals of a built assembly name.</summary>
internal static class AssemblyScan
{
    /// <param name="path">The assembly.</param>
    /// <param name="include">Which of its types to read, by full name.</param>
    internal static IReadOnlyList<Use> Read(string path, Func<string, bool> include)
    {
        using FileStream file = File.OpenRead(path);
        using PEReader image = new(file);
        MetadataReader reader = image.GetMetadataReader();
        HashSet<Use> uses = [];
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
        {
            string type = TypeNames.NameOf(reader, handle);
            if (include(type))
            {
                ReadType(image, reader, reader.GetTypeDefinition(handle), type, uses);
            }
        }

        return [.. uses.OrderBy(use => use.ToString(), StringComparer.Ordinal)];
    }

    private static void ReadType(PEReader image, MetadataReader reader, TypeDefinition type, string name, HashSet<Use> uses)
    {
        if (!type.BaseType.IsNil)
        {
            AddTypes(uses, name, TypeNames.NamesOf(reader, type.BaseType));
        }

        foreach (FieldDefinitionHandle handle in type.GetFields())
        {
            FieldDefinition field = reader.GetFieldDefinition(handle);
            AddTypes(uses, $"{name}.{reader.GetString(field.Name)}", field.DecodeSignature(TypeNames.Instance, null));
        }

        foreach (MethodDefinitionHandle handle in type.GetMethods())
        {
            MethodDefinition method = reader.GetMethodDefinition(handle);
            string where = $"{name}.{reader.GetString(method.Name)}";
            AddSignature(uses, where, method.DecodeSignature(TypeNames.Instance, null));
            if (method.RelativeVirtualAddress != 0)
            {
                ReadBody(reader, image.GetMethodBody(method.RelativeVirtualAddress), where, uses);
            }
        }
    }

    private static void ReadBody(MetadataReader reader, MethodBodyBlock body, string where, HashSet<Use> uses)
    {
        if (!body.LocalSignature.IsNil)
        {
            foreach (ImmutableArray<string> local in reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(TypeNames.Instance, null))
            {
                AddTypes(uses, where, local);
            }
        }

        foreach ((OpCode code, int token) in Instructions.Read(body.GetILBytes() ?? []))
        {
            if (code == OpCodes.Conv_R4 || code == OpCodes.Conv_R8 || code == OpCodes.Conv_R_Un || code == OpCodes.Ldc_R4 || code == OpCodes.Ldc_R8)
            {
                uses.Add(new Use(where, "System.Double", code.Name ?? ""));
            }
            else if (token != 0)
            {
                AddToken(reader, MetadataTokens.EntityHandle(token), where, uses);
            }
        }
    }

    private static void AddToken(MetadataReader reader, EntityHandle handle, string where, HashSet<Use> uses)
    {
        switch (handle.Kind)
        {
            case HandleKind.MemberReference:
                MemberReference member = reader.GetMemberReference((MemberReferenceHandle)handle);
                ImmutableArray<string> parent = TypeNames.NamesOf(reader, member.Parent);
                if (!parent.IsEmpty)
                {
                    uses.Add(new Use(where, parent[0], reader.GetString(member.Name)));
                    AddTypes(uses, where, parent.RemoveAt(0));
                }

                if (member.GetKind() == MemberReferenceKind.Method)
                {
                    AddSignature(uses, where, member.DecodeMethodSignature(TypeNames.Instance, null));
                }
                else
                {
                    AddTypes(uses, where, member.DecodeFieldSignature(TypeNames.Instance, null));
                }

                break;
            case HandleKind.MethodSpecification:
                MethodSpecification method = reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                AddToken(reader, method.Method, where, uses);
                foreach (ImmutableArray<string> argument in method.DecodeSignature(TypeNames.Instance, null))
                {
                    AddTypes(uses, where, argument);
                }

                break;
            default:
                AddTypes(uses, where, TypeNames.NamesOf(reader, handle));
                break;
        }
    }

    private static void AddSignature(HashSet<Use> uses, string where, MethodSignature<ImmutableArray<string>> signature)
    {
        AddTypes(uses, where, signature.ReturnType);
        foreach (ImmutableArray<string> parameter in signature.ParameterTypes)
        {
            AddTypes(uses, where, parameter);
        }
    }

    private static void AddTypes(HashSet<Use> uses, string where, ImmutableArray<string> types)
    {
        foreach (string type in types)
        {
            uses.Add(new Use(where, type, ""));
        }
    }
}
