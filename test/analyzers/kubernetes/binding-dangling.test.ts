import { bindingDangling } from '../../../analyzers/kubernetes/binding-dangling.ts';
import { clusterRoles, serviceAccounts } from '../../../src/artifacts/access-resources.ts';
import {
  clusterRole,
  clusterRoleBinding,
  role,
  roleBinding,
  rule,
  serviceAccount,
} from '../../support/access-builders.ts';
import { pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const reader = role('reader', [rule(['pods'], ['get'])]);
const web = serviceAccount('web');
const user = pod('web', { spec: { serviceAccountName: 'web' } });

testAnalyzer(bindingDangling, {
  silent: [
    { name: 'role and account exist', given: { objects: [reader, web, roleBinding('web', 'reader')] } },
    {
      name: 'bindings and roles of the system',
      given: { objects: [roleBinding('system:gone', 'reader'), clusterRoleBinding('own', 'system:gone')] },
    },
    {
      name: 'a bootstrapped binding',
      given: {
        objects: [
          {
            ...clusterRoleBinding('cluster-admin', 'gone'),
            metadata: { name: 'cluster-admin', labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
          },
        ],
      },
    },
    {
      name: 'users and groups are nobody’s objects',
      given: {
        objects: [
          clusterRole('view-all', []),
          clusterRoleBinding('team', 'view-all', [
            { kind: 'Group', name: 'team' },
            { kind: 'User', name: 'jane' },
          ]),
        ],
      },
    },
    {
      name: 'a missing role nobody needs',
      given: { objects: [web, roleBinding('web', 'gone')] },
      info: [{ message: 'roleMissingInNamespace', subject: 'RoleBinding/shop/web', severity: 'info' }],
    },
    {
      name: 'a missing account',
      given: { objects: [reader, roleBinding('web', 'reader')] },
      info: [{ message: 'accountMissing', subject: 'RoleBinding/shop/web' }],
    },
  ],
  reports: [
    {
      name: 'a missing role of an account that a pod runs as',
      given: { objects: [web, user, roleBinding('web', 'gone')] },
      expect: [{ message: 'roleMissingInNamespace', subject: 'RoleBinding/shop/web', severity: 'warning' }],
    },
    {
      name: 'a missing ClusterRole',
      given: { objects: [web, user, clusterRoleBinding('web', 'gone')] },
      expect: [{ message: 'roleMissing', subject: 'ClusterRoleBinding/web', severity: 'warning' }],
    },
  ],
  unknown: [
    {
      name: 'ClusterRoles were refused',
      given: { objects: [web, user, clusterRoleBinding('web', 'gone')], forbidden: [clusterRoles] },
      reason: /not allowed/,
    },
    {
      name: 'ServiceAccounts were refused',
      given: { objects: [reader, roleBinding('web', 'reader')], forbidden: [serviceAccounts] },
    },
  ],
});
